import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shippedConfig } from "./shipped.js";

test("a shipped config is found, another is an error with the places", () => {
  expect(readFileSync(shippedConfig("rec/quickstart.yml"), "utf8")).toContain("DistillationModel");
  expect(() => shippedConfig("rec/none.yml")).toThrow(/no shipped config rec\/none.yml \(looked for .*configs/);
});
