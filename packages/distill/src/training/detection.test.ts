import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTinyDetection } from "../../testing/tiny-detection.js";
import { reportsOf } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import { plan } from "../plan/plan.js";
import { extract } from "../weights/extract.js";
import { readWeights } from "../weights/weight-file.js";
import { evaluateFromConfig } from "./infer.js";
import type { TrainReport } from "./reports.js";
import { createRun, type Run } from "./run.js";

let folder: string;
let config: string;
let run: Run;
let reports: TrainReport[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-detection-"));
  config = await writeTinyDetection(folder);
  run = await createRun(await loadConfig(config));
  reports = await reportsOf(run);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a teacher and two students are planned, with the regions that their labels hold", async () => {
  const { losses, data } = await plan(config);
  const maps = (network: string) => ({ network, shape: [2, 3, 64, 64] });
  expect(losses.map(({ kind, feature, reads }) => [kind, feature, reads])).toEqual([
    ["DistillationDilaDBLoss", "maps", ["Student", "Teacher"].map(maps)],
    ["DistillationDMLLoss", "maps", ["Student", "Student2"].map(maps)],
    ["DistillationDBLoss", "maps", ["Student", "Student2"].map(maps)],
  ]);
  expect(data.map(({ regions, images, unknownCharacters }) => [regions, images, unknownCharacters])).toEqual([
    [{ count: 8, ignored: 0 }, 4, []],
    [{ count: 8, ignored: 0 }, 4, []],
  ]);
});

test("the students learn, the frozen teacher does not, and all losses are finite", async () => {
  const steps = reports.flatMap((report) => (report.kind === "step" ? [report.losses] : []));
  expect(steps).toHaveLength(2);
  expect(Object.values(steps[1]).every(Number.isFinite)).toBe(true);
  const fresh = (await createRun(await loadConfig(config))).model.stateDict();
  const changed = [...run.model.stateDict()].filter(([key, value]) => {
    const before = fresh.get(key)?.dataSync() ?? expect.fail(`no ${key}`);
    return value.dataSync().some((each, i) => each !== before[i]);
  });
  const networks = new Set(changed.map(([key]) => key.split(".")[0]));
  expect([...networks]).toEqual(["Student", "Student2"]);
});

test("a trained model is measured by the boxes that it finds", async () => {
  const { metrics, network, images, checkpoint } = await evaluateFromConfig(config, {
    "Global.checkpoints": join(folder, "run/latest"),
  });
  expect([images, network]).toEqual([4, "Student"]);
  expect(checkpoint).toBe(join(folder, "run/latest.json"));
  expect(Object.keys(metrics)).toEqual([
    "precision",
    "recall",
    "hmean",
    "Student2_precision",
    "Student2_recall",
    "Student2_hmean",
  ]);
});

test("a student is taken out, and gives the same maps", async () => {
  const out = join(folder, "student.pdparams");
  const { compared } = await extract({ checkpoint: join(folder, "run/latest"), model: "Student", out });
  expect(Object.keys(compared)).toEqual([
    "backbone_out.0",
    "backbone_out.1",
    "backbone_out.2",
    "backbone_out.3",
    "neck_out",
    "maps",
  ]);
  expect(compared.maps).toEqual([1, 1, 64, 64]);
  const student = [...run.model.stateDict()].filter(([key]) => key.startsWith("Student."));
  const weights = await readWeights(out);
  expect([...weights].map(([key, value]) => [`Student.${key}`, value.dataSync()])).toEqual(
    student.map(([key, value]) => [key, value.dataSync()]),
  );
});
