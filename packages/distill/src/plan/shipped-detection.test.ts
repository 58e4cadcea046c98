import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seedDetection } from "../../testing/seed-fragments.js";
import { pagesAsData, writePages } from "../../testing/tiny-detection.js";
import { ConfigError } from "../config/index.js";
import { plan } from "./plan.js";

const shipped = (name: string): string => fileURLToPath(new URL(`../../../../configs/det/${name}`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-shipped-"));
  await writePages(folder, 2);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The problems of a config with pages as data, one line of text each. */
async function problemsOf(file: string): Promise<string[]> {
  const error: unknown = await plan(file, pagesAsData(folder, 2)).catch((reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw error;
  return error.problems.map(({ path, message }) => `${path}: ${message}`);
}

/** What is said of weights that are not there, named without an ending. */
const missing = (network: string, file: string): string =>
  `Architecture.Models.${network}.pretrained: there is no ${file}.json, ${file}.pdparams or ${file}.safetensors`;

// pp-ocrv3-dml.yml, whose networks are large, is in detection.long.test.ts.
test.each([
  ["pp-ocrv2-dml.yml", [8, 3, 960, 960]],
  ["pp-ocrv3-student.yml", [8, 3, 960, 960]],
  ["pp-ocrv3-dml-small.yml", [8, 3, 320, 320]],
  ["pp-ocrv3-student-small.yml", [8, 3, 320, 320]],
])("%s can be planned, on any pictures with regions", async (name, shape) => {
  const { losses, data } = await plan(shipped(name), pagesAsData(folder, 8));
  expect(losses.flatMap(({ reads }) => reads.map((read) => read.shape))).toEqual(
    losses.flatMap(({ reads }) => reads.map(() => shape)),
  );
  expect(data.map(({ regions }) => regions)).toEqual([
    { count: 4, ignored: 0 },
    { count: 4, ignored: 0 },
  ]);
});

test.each([
  ["pp-ocrv2-distill.yml", "./output/det_ppocr_v2_teacher/best_accuracy"],
  ["pp-ocrv2-cml.yml", "./output/det_ppocr_v2_teacher/best_accuracy"],
  ["pp-ocrv3-cml.yml", "./output/det_ppocr_v3_teacher"],
  ["pp-ocrv3-cml-small.yml", "./output/det_ppocr_v3_teacher_small/best_accuracy"],
  ["pp-ocrv4-cml.yml", "./output/det_ppocr_v3_teacher"],
])("%s lacks nothing but its Teacher", async (name, teacher) => {
  expect(await problemsOf(shipped(name))).toEqual([missing("Teacher", teacher)]);
});

test("without a Teacher to begin with the small config can be planned", async () => {
  const file = shipped("pp-ocrv3-cml-small.yml");
  const { networks } = await plan(file, { ...pagesAsData(folder, 2), "Architecture.Models.Teacher.pretrained": null });
  expect(networks.map(({ name, freeze }) => [name, freeze])).toEqual([
    ["Student", "learning"],
    ["Student2", "learning"],
    ["Teacher", "frozen"],
  ]);
  const [student, , teacher] = networks.map(({ parameters }) => parameters);
  expect(teacher).toBeGreaterThan(3 * student);
});

test("the guide's fragments of a teacher and two students lack nothing but the weights that they name", async () => {
  const file = join(folder, "guide.yml");
  writeFileSync(file, seedDetection("cml"));
  const begun = "./pretrain_models/MobileNetV3_large_x0_5_pretrained";
  expect(await problemsOf(file)).toEqual([
    missing("Teacher", "./pretrain_models/ch_ppocr_server_v2.0_det_train/best_accuracy"),
    missing("Student", begun),
    missing("Student2", begun),
  ]);
});
