import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeFileAtomic } from "./atomic.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "retort-atomic-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("it writes bytes and text, and replaces what was there", async () => {
  const path = join(folder, "a.bin");
  await writeFileAtomic(path, new Uint8Array([1, 2, 3]));
  expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  await writeFileAtomic(path, "später");
  expect(await readFile(path, "utf8")).toBe("später");
  expect(await readdir(folder)).toEqual(["a.bin"]);
});

test("memory that is shared between threads can be written", async () => {
  const path = join(folder, "shared.bin");
  const bytes = new Uint8Array(new SharedArrayBuffer(4));
  bytes.set([5, 6, 7, 8]);
  await writeFileAtomic(path, bytes);
  expect([...(await readFile(path))]).toEqual([5, 6, 7, 8]);
});

test("a failure names the file, keeps the old one and leaves nothing behind", async () => {
  const path = join(folder, "taken");
  await mkdir(path);
  await writeFile(join(path, "inside"), "x");
  await expect(writeFileAtomic(path, "new")).rejects.toThrow(`cannot write "${path}"`);
  expect(await readdir(folder)).toEqual(["taken"]);
  await expect(writeFileAtomic(join(folder, "no", "such"), "x")).rejects.toThrow("ENOENT");
});

test("files written at the same time do not meet", async () => {
  const path = join(folder, "one");
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
  await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
  expect(texts).toContain(await readFile(path, "utf8"));
  expect(await readdir(folder)).toEqual(["one"]);
});
