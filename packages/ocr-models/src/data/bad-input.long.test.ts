import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fuzzSeed } from "../../../../fixtures/fuzz-seed.js";
import { dictionaryOf } from "../text/dictionary.js";
import { decodePicture } from "./decode-picture.js";
import { type LabelLine, parseLabelFile } from "./label-file.js";
import { LmdbFile } from "./lmdb/lmdb-file.js";
import { DataLoader } from "./loader.js";
import type { DataSetConfig } from "./simple-data-set.js";

const runs = 1000;
const minutes = 60_000;
/** How long one case may take. */
const patience = 20_000;

const fixture = (path: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../../../fixtures/${path}`, import.meta.url)));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-fuzz-"));
  console.log(`fuzzing with seed ${fuzzSeed}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Fails, with fast-check's shrunken case and seed, when a case throws or takes too long. */
function holds<T>(inputs: fc.Arbitrary<T>, check: (input: T) => void | Promise<void>): Promise<void> {
  const property = fc.asyncProperty(inputs, async (input) => check(input));
  return fc.assert(property, { numRuns: runs, seed: fuzzSeed, timeout: patience });
}

/** Bytes with some replaced, and the end cut off or not. */
function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat({ max: bytes.length - 1 });
  const changes = fc.array(fc.tuple(place, fc.nat({ max: 255 })), { maxLength: 8 });
  const header = fc.array(fc.tuple(fc.nat({ max: Math.min(64, bytes.length) - 1 }), fc.nat({ max: 255 })), {
    maxLength: 2,
  });
  const end = fc.oneof(fc.constant(bytes.length), fc.nat({ max: bytes.length }));
  return fc.tuple(changes, header, end).map(([inside, front, length]) => {
    const copy = Uint8Array.from(bytes);
    for (const [at, value] of [...inside, ...front]) copy[at] = value;
    return copy.slice(0, length);
  });
}

/** An error has to say something. */
function explained(error: unknown): void {
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message.length).toBeGreaterThan(5);
  expect(error).not.toBeInstanceOf(RangeError);
  expect(error).not.toBeInstanceOf(TypeError);
}

describe("label files of random bytes are read, or an error names file and line", () => {
  const pieces = fc
    .constantFrom("\t", "\n", "\r\n", "\ufeff", "[", '["a.png"]', "a.png", "中", "12", " ", "\0")
    .map((text) => new TextEncoder().encode(text));
  const files = fc
    .array(fc.oneof({ weight: 3, arbitrary: pieces }, fc.uint8Array({ maxLength: 3 })), { maxLength: 60 })
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

  function checkLines(lines: readonly LabelLine[]): void {
    for (const { paths, label, where } of lines) {
      expect(paths.length).toBeGreaterThan(0);
      expect(paths).not.toContain("");
      expect(label).not.toMatch(/[\t\n]/);
      expect(where).toMatch(/^list\.txt, line \d+$/);
    }
  }

  test(
    "parsed alone",
    async () => {
      let errors = 0;
      await holds(files, (bytes) => {
        try {
          checkLines(parseLabelFile(bytes, "list.txt"));
        } catch (error) {
          errors++;
          expect((error as Error).message).toMatch(/^list\.txt, line \d+: (not UTF-8|expected path|no image path)/);
        }
      });
      console.log(`${errors} of ${runs} label files were errors`);
    },
    5 * minutes,
  );

  test(
    "and read through a loader: errors, or every line a sample or counted",
    async () => {
      writeFileSync(join(folder, "a.png"), fixture("images/plain.png"));
      const list = join(folder, "list.txt");
      const config: DataSetConfig = {
        name: "SimpleDataSet",
        data_dir: folder,
        label_file_list: list,
        transforms: [
          { DecodeImage: null },
          { CTCLabelEncode: null },
          { RecResizeImg: { image_shape: [3, 8, 16] } },
          { KeepKeys: { keep_keys: ["image", "label"] } },
        ],
      };
      const setup = { mode: "eval" as const, seed: 1, dictionary: dictionaryOf("012"), maxTextLength: 5 };
      await holds(files, async (bytes) => {
        writeFileSync(list, bytes);
        let loader: DataLoader;
        try {
          loader = new DataLoader(config, { batch_size_per_card: 4 }, setup);
        } catch (error) {
          expect((error as Error).message).toContain(list);
          return;
        }
        let used = 0;
        for await (const { size } of loader.epoch()) used += size;
        expect(used + loader.unusable.count).toBe(loader.dataSet.size);
        await loader.close();
      });
    },
    10 * minutes,
  );
});

describe("damaged images are decoded, or an error says why not", () => {
  const files = ["plain.jpg", "progressive.jpg", "subsampled.jpg", "plain.png", "palette.png", "sixteen.png"];
  const bitmaps = ["plain.bmp", "palette.bmp", "onebit.bmp", "alpha.bmp"];
  test.each([...files, ...bitmaps])(
    "%s",
    async (name) => {
      let decoded = 0;
      await holds(damaged(fixture(`images/${name}`)), async (bytes) => {
        try {
          const { data, width, height } = await decodePicture(bytes);
          expect(data.length).toBe(3 * width * height);
          decoded++;
        } catch (error) {
          explained(error);
        }
      });
      console.log(`${name}: ${decoded} of ${runs} decoded`);
    },
    10 * minutes,
  );
});

describe("damaged LMDB files give values, nothing, or an error with the file's name", () => {
  test.each(["set/gaps", "set/many"])(
    "%s",
    async (name) => {
      const path = join(folder, "data.mdb");
      const keys = ["num-samples", "label-000000001", "image-000000004", "image-000000007", "label-000000119", "none"];
      const pages = fixture(`lmdb/${name}/data.mdb`);
      // Half of the damage is in headers of pages, where the tree is.
      const inHeaders = fc
        .array(fc.tuple(fc.nat({ max: pages.length / 4096 - 1 }), fc.nat({ max: 160 }), fc.nat({ max: 255 })), {
          maxLength: 6,
        })
        .map((changes) => {
          const copy = Uint8Array.from(pages);
          for (const [page, at, value] of changes) copy[page * 4096 + at] = value;
          return copy;
        });
      let errors = 0;
      await holds(fc.oneof(damaged(pages), inHeaders), (bytes) => {
        writeFileSync(path, bytes);
        try {
          const file = new LmdbFile(path);
          try {
            for (const key of keys) file.get(key);
          } finally {
            file.close();
          }
        } catch (error) {
          errors++;
          expect((error as Error).message).toContain(`${path} is no LMDB file of python-lmdb, or damaged: `);
          explained((error as Error).cause);
        }
      });
      console.log(`${name}: ${errors} of ${runs} damaged files were errors`);
    },
    10 * minutes,
  );
});
