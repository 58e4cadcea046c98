import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LmdbFile } from "./lmdb-file.js";

const fixtures = fileURLToPath(new URL("../../../../../fixtures/lmdb/", import.meta.url));
const places = { many: "set/many", gaps: "set/gaps", empty: "empty" };
type Name = keyof typeof places;
const fileOf = (name: Name): string => join(fixtures, places[name], "data.mdb");

/** What python-lmdb read from its own files (fixtures/lmdb/make.py): length and SHA-256 of every value. */
const expected = JSON.parse(readFileSync(join(fixtures, "expected.json"), "utf8")) as Record<
  Name,
  { depth: number; values: Record<string, [number, string]> }
>;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-lmdb-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("values are those that python-lmdb reads", () => {
  test.each(Object.keys(places) as Name[])("%s", (name) => {
    const file = new LmdbFile(fileOf(name));
    const { values } = expected[name];
    for (const [key, [length, hash]] of Object.entries(values)) {
      const value = file.get(key) as Uint8Array;
      expect([value.length, createHash("sha256").update(value).digest("hex")], key).toEqual([length, hash]);
      expect(file.has(key)).toBe(true);
    }
    for (const key of ["", "a", "image-", "image-000000000", "label-000000207", "label-999999999", "zzz"]) {
      expect(file.get(key), key).toBeUndefined();
      expect(file.has(key), key).toBe(false);
    }
    file.close();
  });
  test("the files have branches, and values on pages of their own", () => {
    expect(expected.many.depth).toBeGreaterThan(1);
    expect(Math.max(...Object.values(expected.many.values).map(([length]) => length))).toBeGreaterThan(8192);
    expect(Object.keys(expected.many.values)).toHaveLength(241);
    expect(Object.keys(expected.empty.values)).toHaveLength(0);
  });
});

/** A copy of the large file, changed. */
function changed(change: (bytes: Uint8Array, view: DataView) => Uint8Array | undefined): string {
  const bytes = new Uint8Array(readFileSync(fileOf("many")));
  const path = join(folder, "changed.mdb");
  writeFileSync(path, change(bytes, new DataView(bytes.buffer)) ?? bytes);
  return path;
}

/** What stands in both meta pages at a place. */
const inMetas = (view: DataView, at: number, value: number): void => {
  for (const page of [0, 4096]) view.setUint32(page + at, value, true);
};

describe("files that are wrong", () => {
  const cases: [string, (bytes: Uint8Array, view: DataView) => Uint8Array | undefined, string][] = [
    ["nothing", () => new Uint8Array(0), "a meta page has at least 152 bytes, found 0"],
    ["text", (bytes) => bytes.fill(0x61), "there is no LMDB meta page"],
    ["one page", (bytes) => bytes.slice(0, 4096), "it is cut off: bytes 4096 to 4248 are needed, and it has 4096"],
    ["another byte order", (_, view) => void inMetas(view, 16, 0xdec0efbe), "written on a big-endian machine"],
    ["another format", (_, view) => void inMetas(view, 20, 2), "LMDB's data format 2; python-lmdb writes format 1"],
    ["a page size", (_, view) => void inMetas(view, 40, 5000), "its pages would have 5000 bytes"],
    ["duplicate keys", (_, view) => void inMetas(view, 92, 4), "its keys are duplicates"],
  ];
  test.each(cases)("%s", (_, change, message) => {
    const path = changed(change);
    expect(() => new LmdbFile(path)).toThrow(`${path} is no LMDB file of python-lmdb, or damaged: `);
    expect(() => new LmdbFile(path)).toThrow(message);
  });

  const roots: [string, (bytes: Uint8Array, view: DataView) => Uint8Array | undefined, string][] = [
    ["the root beyond the end", (_, view) => void inMetas(view, 128, 1_000_000), "it is cut off: bytes 4096000000"],
    ["the root a meta page", (_, view) => void inMetas(view, 128, 1), "page 1 is of the wrong kind (8)"],
    ["only the meta pages", (bytes) => bytes.slice(0, 8192), "it is cut off"],
  ];
  test.each(roots)("%s", (_, change, message) => {
    const file = new LmdbFile(changed(change));
    expect(() => file.get("num-samples")).toThrow(message);
    file.close();
  });

  test("a missing file, and one that was closed", () => {
    expect(() => new LmdbFile("/nowhere/data.mdb")).toThrow("/nowhere/data.mdb cannot be opened: ENOENT");
    copyFileSync(fileOf("gaps"), join(folder, "copy.mdb"));
    const file = new LmdbFile(join(folder, "copy.mdb"));
    file.close();
    file.close();
    expect(() => file.get("num-samples")).toThrow(`${join(folder, "copy.mdb")} has been closed`);
  });
});
