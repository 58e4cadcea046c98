import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lossesIn, reportsOf, stateOf, tinyConfig, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { plan } from "../plan/plan.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-data-sets-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const databases = fileURLToPath(new URL("../../../../fixtures/lmdb/set", import.meta.url));
const gaps = join(databases, "gaps");
const transforms = [
  { DecodeImage: null },
  { MultiLabelEncode: null },
  { RecResizeImg: { image_shape: [3, 32, 80] } },
  { KeepKeys: { keep_keys: ["image", "label_ctc", "label_sar", "length", "valid_ratio"] } },
];
const lmdb = {
  "Train.dataset": { name: "LMDBDataSet", data_dir: gaps, transforms },
  "Train.loader.batch_size_per_card": 2,
  "Global.epoch_num": 1,
};
const multiScale = {
  "Train.dataset.name": "MultiScaleDataSet",
  "Train.dataset.transforms": transforms.filter((entry) => !("RecResizeImg" in entry)),
  "Train.sampler": {
    name: "MultiScaleSampler",
    scales: [
      [80, 32],
      [48, 32],
    ],
    first_bs: 3,
    fix_bs: false,
  },
};

/** Trains in one go and with a stop after some steps; both end with the same bits. Returns the reports of the first. */
async function resumes(name: string, overrides: Record<string, unknown>, stop: number) {
  const whole = await tinyRun(folder, { ...overrides, "Global.save_model_dir": join(folder, name) });
  const reports = await reportsOf(whole);
  const place = { ...overrides, "Global.save_model_dir": join(folder, `${name}-parts`) };
  const before = await reportsOf(await tinyRun(folder, place), stop);
  const second = await tinyRun(folder, { ...place, "Global.checkpoints": join(folder, `${name}-parts`, "latest") });
  const after = await reportsOf(second);
  expect([...lossesIn(before), ...lossesIn(after)]).toEqual(lossesIn(reports));
  expect(stateOf(second)).toEqual(stateOf(whole));
  return { whole, reports };
}

test("training on LMDB databases, resumed to the bit; what cannot be used is reported and logged", async () => {
  const { reports } = await resumes("lmdb", lmdb, 2);
  expect(lossesIn(reports)).toHaveLength(3);
  const skipped = reports.filter(({ kind }) => kind === "skipped");
  expect(skipped).toMatchObject([
    {
      section: "Train",
      count: 4,
      byReason: { "label missing": 1, "unreadable file": 1, "unreadable image": 1, "unreadable label": 1 },
    },
  ]);
  const log = readFileSync(join(folder, "lmdb", "train.log"), "utf8");
  expect(log).toMatch(/warning: Train: \d samples cannot be used: .*1 x label missing, such as .*label-000000002/);
});

test("training on several sizes, resumed to the bit", async () => {
  const { whole, reports } = await resumes("scales", multiScale, 3);
  // 8 lines in a batch of 3 (32 x 80) and one of 5 (32 x 48).
  expect(whole.stepsPerEpoch).toBe(2);
  expect(lossesIn(reports)).toHaveLength(4);
});

test("a plan of each", async () => {
  const scales = await plan(...tinyConfig(folder, multiScale));
  expect(scales.schedule).toMatchObject({ stepsPerEpoch: 2 });
  expect(scales.losses[0].reads[0].shape.slice(0, 2)).toEqual([3, 20]);
  const databasesPlan = await plan(
    ...tinyConfig(folder, { "Train.dataset": { ...lmdb["Train.dataset"], data_dir: databases } }),
  );
  expect(databasesPlan.data[0].files).toEqual([
    { file: join(databases, "gaps"), lines: 6 },
    { file: join(databases, "many"), lines: 120 },
  ]);
  expect(Object.keys(databasesPlan.data[0].unusable).sort()).toEqual([
    "image missing",
    "label missing",
    "unreadable image",
    "unreadable label",
  ]);
});

test("an evaluation that lacks samples says so", async () => {
  writeFileSync(join(folder, "worse.txt"), `${readFileSync(join(folder, "val.txt"), "utf8")}missing.png\t12\n`);
  const run = await tinyRun(folder, {
    "Eval.dataset.label_file_list": join(folder, "worse.txt"),
    "Global.epoch_num": 1,
    "Global.save_model_dir": join(folder, "worse"),
  });
  const reports = await reportsOf(run);
  expect(reports.filter(({ kind }) => kind === "skipped")).toEqual([
    { kind: "skipped", section: "Eval", count: 1, byReason: { "unreadable file": 1 } },
  ]);
});
