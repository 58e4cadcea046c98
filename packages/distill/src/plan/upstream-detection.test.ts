import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pagesAsData, writePages } from "../../testing/tiny-detection.js";
import { upstreamPath } from "../../testing/upstream.js";
import { ConfigError, parseConfig } from "../config/index.js";
import { plan } from "./plan.js";

const parse = (name: string) => parseConfig(readFileSync(upstreamPath(name), "utf8"));

const dilated = "Loss.loss_config_list[0].DistillationDilaDBLoss.beta";
const twice = (index: number): string => `Loss.loss_config_list[${index}].DistillationDMLLoss.model_name_pairs`;
const teacher = "Architecture.Models.Teacher.pretrained";
const student = "Architecture.Models.Student.pretrained";
const student2 = "Architecture.Models.Student2.pretrained";
const whole = "Global.pretrained_model";

/** Keys that are warned of, and those whose weights are not there. */
const files: [name: string, warned: string[], missing: string[]][] = [
  ["det-v2-distill", [dilated], [whole, student, teacher]],
  ["det-v2-dml", [twice(0)], [whole, student, student2]],
  ["det-v2-cml", [twice(1), "Global.amp_level", "Global.amp_custom_black_list", dilated], [teacher]],
  ["det-v2-student", [], [whole]],
  ["det-v3-dml", [twice(0)], [whole]],
  ["det-v3-cml", [twice(1), "Global.distributed", dilated, "Architecture.Models.Teacher"], []],
  ["det-v3-student", ["Global.distributed", "Global.d2s_train_image_shape"], [whole]],
  ["det-v4-cml", ["Global.distributed", "Architecture.Models.Student2.Backbone.pretrained", dilated], [teacher]],
  ["det-v4-student", ["Global.distributed"], [whole]],
];

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-upstream-"));
  await writePages(folder, 2);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(files)("PaddleOCR's own %s is read as it is", (name, warned) => {
  const keys = parse(name).warnings.map((line) => line.split(/: | is given twice/)[1]);
  expect(keys).toEqual(warned);
});

// One that names no weights is planned in detection.long.test.ts.
test.each(files.filter(([, , missing]) => missing.length > 0))(
  "PaddleOCR's own %s lacks nothing but the weights that it names",
  async (name, _, missing) => {
    const error: unknown = await plan(upstreamPath(name), pagesAsData(folder, 2)).catch((reason: unknown) => reason);
    if (!(error instanceof ConfigError)) throw error;
    expect(error.problems.map(({ path }) => path)).toEqual(missing);
    for (const { message } of error.problems) expect(message).toMatch(/^there is no (\.\/|https:)/);
  },
);

test("of a key that stands there twice the second counts, and is one pair; a fraction is a number", () => {
  const { config } = parse("det-v3-cml");
  expect(config.loss.terms[1]).toMatchObject({ kind: "DistillationDMLLoss", pairs: [["Student", "Student2"]] });
  const normal = config.train.dataset.transforms.find((transform) => transform.name === "NormalizeImage");
  expect(normal).toMatchObject({ scale: 1 / 255 });
});

test("PP-OCRv4's server network is in no recipe of distillation, and not here", () => {
  expect(() => parse("det-v4-teacher")).toThrow(
    /has 2 problems:.*no backbone "PPHGNet_small" here: no recipe.*no head "PFHeadLocal" here: no recipe/s,
  );
});
