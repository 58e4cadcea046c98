import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import type { Batch } from "./batch.js";
import { LmdbDataSet } from "./lmdb-data-set.js";
import { DataLoader } from "./loader.js";
import type { DataSetConfig, DataSetup } from "./simple-data-set.js";

const set = fileURLToPath(new URL("../../../../fixtures/lmdb/set", import.meta.url));
const setup: DataSetup = { mode: "eval", seed: 5, dictionary: dictionaryOf("0123456789"), maxTextLength: 10 };
const config = (data_dir: string, more: Partial<DataSetConfig> = {}): DataSetConfig => ({
  name: "LMDBDataSet",
  data_dir,
  transforms: [
    { DecodeImage: null },
    { CTCLabelEncode: null },
    { RecResizeImg: { image_shape: [3, 16, 40] } },
    { KeepKeys: { keep_keys: ["image", "label", "length"] } },
  ],
  ...more,
});

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-lmdb-set-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function epoch(loader: DataLoader): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader.epoch()) batches.push(batch);
  await loader.close();
  return batches;
}

describe("LMDBDataSet", () => {
  test("reads the databases of all folders, in the order of their paths", async () => {
    const loader = new DataLoader(config(set), { batch_size_per_card: 50 }, setup);
    expect(loader.dataSet.source.parts).toEqual([
      { name: join(set, "gaps"), count: 6, ratio: 1 },
      { name: join(set, "many"), count: 120, ratio: 1 },
    ]);
    const batches = await epoch(loader);
    const many = Array.from({ length: 120 }, (_, i) => `${1001 + i}`);
    expect(batches.flatMap(({ texts }) => texts)).toEqual(["21", "24", ...many]);
    expect(batches.map(({ size }) => size)).toEqual([46, 50, 26]);
    expect(batches[0].paths[0]).toBe(join(set, "gaps", "image-000000001"));
    expect(batches[0].fields.image.shape).toEqual([46, 3, 16, 40]);
  });

  test("what a database lacks is counted by reason, each once", async () => {
    const loader = new DataLoader(config(set), { batch_size_per_card: 20 }, setup);
    await epoch(loader);
    expect(loader.unusable.byReason).toEqual({
      "label missing": 1,
      "unreadable file": 1,
      "unreadable image": 1,
      "unreadable label": 1,
    });
    const summary = loader.unusable.summary();
    expect(summary).toContain(`1 x label missing, such as ${join(set, "gaps")}, label-000000002: there is no such key`);
    expect(summary).toContain(`there is no image-000000003 in ${join(set, "gaps")}`);
  });

  test("in training others take their place, the same with workers", async () => {
    const options = { batch_size_per_card: 9, shuffle: true };
    const train: DataSetup = { ...setup, mode: "train" };
    const alone = await epoch(new DataLoader(config(set), options, train));
    expect(alone.reduce((sum, { size }) => sum + size, 0)).toBe(126);
    expect(await epoch(new DataLoader(config(set), { ...options, num_workers: 2 }, train))).toEqual(alone);
  });

  test("a damaged page makes its samples unusable, and says which file is damaged", async () => {
    const place = join(folder, "damaged");
    cpSync(join(set, "many"), place, { recursive: true });
    const bytes = readFileSync(join(place, "data.mdb"));
    for (let page = 2 * 4096; page < bytes.length; page += 4096) {
      const holds = (key: string): boolean => bytes.subarray(page, page + 4096).includes(key);
      if (holds("label-000000020") && !holds("num-samples")) bytes.fill(0xff, page, page + 16);
    }
    writeFileSync(join(place, "data.mdb"), bytes);
    const loader = new DataLoader(config(place), { batch_size_per_card: 20 }, setup);
    const batches = await epoch(loader);
    const used = batches.reduce((sum, { size }) => sum + size, 0);
    expect(used).toBeGreaterThan(0);
    expect(used + loader.unusable.count).toBe(120);
    const { "unreadable label": labels } = loader.unusable.byReason;
    expect(labels).toBeGreaterThan(1);
    expect(loader.unusable.summary()).toContain(
      `${join(place, "data.mdb")} is no LMDB file of python-lmdb, or damaged`,
    );
  });

  test.each<[string, string, Partial<DataSetConfig>, string]>([
    ["a folder that is missing", "/nowhere", {}, "data_dir: cannot read the folder /nowhere (ENOENT)"],
    ["a folder without a database", "no-database", {}, "data_dir: there is no data.mdb in"],
    ["a database without samples", "no-samples", {}, "has no key num-samples, so it is no data set"],
    ["a share", set, { ratio_list: [0.5] }, "LMDBDataSet uses all of its samples, so a share is 1; found 0.5"],
  ])("%s is an error", (_, place, more, message) => {
    mkdirSync(join(folder, "no-database", "inner"), { recursive: true });
    cpSync(join(set, "..", "empty"), join(folder, "no-samples"), { recursive: true });
    const dataDir = place.startsWith("/") ? place : join(folder, place);
    expect(() => new LmdbDataSet(config(dataDir, more), setup)).toThrow(message);
  });
});
