import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PackedOutput } from "./pack.js";
import { OutputStore } from "./store.js";

const teacher = "0f".repeat(32);
const output = (key: string, ...bytes: number[]): PackedOutput => ({
  key,
  shapes: [["head_out.ctc", [bytes.length]]],
  bytes: Uint8Array.from(bytes),
});
const a = output("a", 1, 2, 3);
const b = output("b", 4, 5);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const packs = (): string[] => readdirSync(folder).map((name) => join(folder, name));

/** Stores a and b in one pack, and gives its file. */
async function filled(): Promise<string> {
  const store = await OutputStore.open(folder, teacher);
  store.add(a);
  store.add(b);
  await store.flush({ all: true });
  expect(packs()).toHaveLength(1);
  return packs()[0];
}

test("what was added is found at once, and by whoever opens the folder after it was written", async () => {
  const store = await OutputStore.open(join(folder, "deep", "er"), teacher);
  expect(store.get("a")).toBeUndefined();
  store.add(a);
  expect(store.get("a")).toEqual(a);
  await store.flush({ all: false });
  const early = await OutputStore.open(join(folder, "deep", "er"), teacher);
  expect(early.get("a")).toBeUndefined();
  await store.flush({ all: true });
  expect(store.get("a")).toEqual(a);
  const late = await OutputStore.open(join(folder, "deep", "er"), teacher);
  expect([late.get("a"), late.get("b"), late.problems()]).toEqual([a, undefined, []]);
});

test("what another one has written meanwhile is found after a refresh, each damaged file reported once", async () => {
  const [one, other] = [await OutputStore.open(folder, teacher), await OutputStore.open(folder, teacher)];
  other.add(a);
  await other.flush({ all: true });
  writeFileSync(join(folder, "broken.pack"), "x");
  expect(one.get("a")).toBeUndefined();
  one.refresh();
  expect(one.get("a")).toEqual(a);
  expect(one.problems()).toEqual([expect.stringContaining("broken.pack")]);
  one.refresh();
  expect(one.problems()).toEqual([]);
});

test("a pack is written once enough has come together", async () => {
  const store = await OutputStore.open(folder, teacher);
  for (let i = 0; i < 5; i++) {
    store.add({ ...a, key: `${i}`, bytes: new Uint8Array(2 ** 20).fill(i) });
    await store.flush({ all: false });
    expect(packs()).toHaveLength(i < 3 ? 0 : 1);
  }
  const { bytes = new Uint8Array() } = store.get("2") ?? {};
  expect([bytes.length, bytes.every((byte) => byte === 2)]).toEqual([2 ** 20, true]);
});

test("whichever byte of a pack has changed, what it spoils is reported and not given out", async () => {
  const file = await filled();
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] ^= 1;
    writeFileSync(file, damaged);
    const store = await OutputStore.open(folder, teacher);
    const found = [store.get("a"), store.get("b")];
    expect(found.filter((one) => one === undefined).length, `byte ${at}`).toBeGreaterThan(0);
    for (const [i, one] of found.entries()) if (one !== undefined) expect(one).toEqual([a, b][i]);
    expect(store.problems().join(), `byte ${at}`).toContain(file);
  }
});

test("a pack that was cut off is reported, wherever it ends", async () => {
  const file = await filled();
  const whole = readFileSync(file);
  for (let size = 0; size < whole.length; size += 5) {
    writeFileSync(file, whole.subarray(0, size));
    const store = await OutputStore.open(folder, teacher);
    expect(store.get("b"), `${size} bytes`).toBeUndefined();
    if (store.get("a") !== undefined) expect(store.get("a")).toEqual(a);
    expect(store.problems().join(), `${size} bytes`).toContain(file);
  }
});

test("what is damaged can be stored again", async () => {
  const file = await filled();
  const damaged = readFileSync(file);
  damaged[damaged.length - 1] ^= 1;
  writeFileSync(file, damaged);
  const store = await OutputStore.open(folder, teacher);
  expect(store.get("b")).toBeUndefined();
  expect(store.problems()).toEqual([`${file} is damaged; what cannot be read is computed again`]);
  store.add(b);
  await store.flush({ all: true });
  const { mtimeMs } = statSync(file);
  for (const pack of packs()) if (pack !== file) utimesSync(pack, mtimeMs / 1000 + 1, mtimeMs / 1000 + 1);
  const later = await OutputStore.open(folder, teacher);
  for (const one of [store, later]) expect([one.get("b"), one.problems()]).toEqual([b, []]);
});

test("files of others are named and left alone", async () => {
  const file = await filled();
  const other = await OutputStore.open(folder, "1e".repeat(32));
  expect(other.get("a")).toBeUndefined();
  expect(other.problems()).toEqual([`${file} belongs to another teacher, and is not used`]);
  writeFileSync(file, "PK\x03\x04 something else");
  writeFileSync(join(folder, "notes.txt"), "mine");
  const store = await OutputStore.open(folder, teacher);
  expect(store.problems()).toEqual([`${file} is no file of a teacher_cache of this version, and is not used`]);
  expect(readFileSync(file, "utf8")).toContain("something else");
});

test("a pack that is gone is reported when it is needed", async () => {
  const file = await filled();
  const store = await OutputStore.open(folder, teacher);
  rmSync(file);
  expect(store.get("a")).toBeUndefined();
  expect(store.problems().join()).toMatch(/cannot be read \(ENOENT.*computed again/);
});

test("what a killed write left behind is never read, and removed after an hour", async () => {
  const half = join(folder, ".0123.pack.77-3.tmp");
  writeFileSync(half, "retort-teacher-c");
  expect((await OutputStore.open(folder, teacher)).problems()).toEqual([]);
  expect(packs()).toEqual([half]);
  const before = Date.now() / 1000 - 4000;
  utimesSync(half, before, before);
  await OutputStore.open(folder, teacher);
  expect(packs()).toEqual([]);
});

test("a folder that cannot be made or written is an error with the config's key or the file", async () => {
  writeFileSync(join(folder, "file"), "");
  await expect(OutputStore.open(join(folder, "file", "cache"), teacher)).rejects.toThrow(
    /^Global\.teacher_cache: ENOTDIR/,
  );
  const store = await OutputStore.open(join(folder, "cache"), teacher);
  store.add(a);
  rmSync(join(folder, "cache"), { recursive: true });
  await expect(store.flush({ all: true })).rejects.toThrow(/cannot write ".*\.pack"/);
  mkdirSync(join(folder, "cache"));
  await store.flush({ all: true });
  expect(store.get("a")).toEqual(a);
});
