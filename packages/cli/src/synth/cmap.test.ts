import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { coverage } from "./cmap.js";

const folder = new URL("../../../../fixtures/fonts/", import.meta.url);
const require = createRequire(import.meta.url);
const expected: Record<string, { count: number; sha256: string }> = JSON.parse(
  readFileSync(new URL("coverage.json", folder), "utf8"),
);
const read = (name: string): Uint8Array =>
  readFileSync(name.startsWith("@") ? require.resolve(name) : new URL(name, folder));

describe("coverage says what fontTools says", () => {
  test.each(Object.keys(expected))("%s", (name) => {
    const points = [...coverage(read(name))].sort((a, b) => a - b);
    const sha256 = createHash("sha256").update(points.join(",")).digest("hex");
    expect({ count: points.length, sha256 }).toEqual(expected[name]);
  });
});

test("bytes that are not a font are refused", () => {
  expect(() => coverage(new TextEncoder().encode("<svg>not a font</svg>"))).toThrow(/not a TTF/);
  expect(() => coverage(new Uint8Array(0))).toThrow(/not a TTF/);
});
