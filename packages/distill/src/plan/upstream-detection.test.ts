import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pagesAsData, writePages } from "../../testing/tiny-detection.js";
import { upstreamPath } from "../../testing/upstream.js";
import { classCountsOf } from "../config/classes.js";
import { ConfigError, parseConfig } from "../config/index.js";
import { BlindRun } from "./blind-run.js";
import { plan } from "./plan.js";

const parse = (name: string) => parseConfig(readFileSync(upstreamPath(name), "utf8"));

// Counted by running the reference.
const [v2Student, v3Student, v4Student] = [595_794, 615_978, 3_570_810];
const [v2Teacher, v3Teacher] = [12_374_754, 32_949_730];

// Scales and biases behind activations that PPLCNetV3 leaves out where its stride is 2.
const unread = 8;

const dilated = "Loss.loss_config_list[0].DistillationDilaDBLoss.beta";
const twice = (index: number): string => `Loss.loss_config_list[${index}].DistillationDMLLoss.model_name_pairs`;
const teacher = "Architecture.Models.Teacher.pretrained";
const student = "Architecture.Models.Student.pretrained";
const student2 = "Architecture.Models.Student2.pretrained";
const whole = "Global.pretrained_model";

interface Expected {
  /** Keys that are warned of, beside Global.use_gpu. */
  warned: string[];
  /** Keys whose weights are not there. */
  missing: string[];
  parameters: Record<string, number>;
}

const files: [name: string, Expected][] = [
  [
    "det-v2-distill",
    {
      warned: [dilated],
      missing: [whole, student, teacher],
      parameters: { Student: v2Student, Teacher: v2Teacher },
    },
  ],
  [
    "det-v2-dml",
    {
      warned: [twice(0)],
      missing: [whole, student, student2],
      parameters: { Student: v2Student, Student2: v2Student },
    },
  ],
  [
    "det-v2-cml",
    {
      warned: [twice(1), "Global.amp_level", "Global.amp_custom_black_list", dilated],
      missing: [teacher],
      parameters: { Teacher: v2Teacher, Student: v2Student, Student2: v2Student },
    },
  ],
  ["det-v2-student", { warned: [], missing: [whole], parameters: { "": v2Student } }],
  ["det-v3-dml", { warned: [twice(0)], missing: [whole], parameters: { Student: v3Teacher, Student2: v3Teacher } }],
  [
    "det-v3-cml",
    {
      warned: [twice(1), "Global.distributed", dilated, "Architecture.Models.Teacher"],
      missing: [],
      parameters: { Student: v3Student, Student2: v3Student, Teacher: v3Teacher },
    },
  ],
  [
    "det-v3-student",
    {
      warned: ["Global.distributed", "Global.d2s_train_image_shape"],
      missing: [whole],
      parameters: { "": v3Student },
    },
  ],
  [
    "det-v4-cml",
    {
      warned: ["Global.distributed", "Architecture.Models.Student2.Backbone.pretrained", dilated],
      missing: [teacher],
      parameters: { Student: v4Student, Student2: v4Student, Teacher: v3Teacher },
    },
  ],
  ["det-v4-student", { warned: ["Global.distributed"], missing: [whole], parameters: { "": v4Student } }],
];

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-upstream-"));
  await writePages(folder, 2);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(files)("PaddleOCR's own %s", (name, { warned, missing, parameters }) => {
  test("is read as it is", () => {
    const { warnings } = parse(name);
    const keys = warnings.map((line) => line.split(/: | is given twice/)[1]);
    expect(keys).toEqual([...warned, "Global.use_gpu"]);
  });

  test("takes a training step, with networks of the reference's size", () => {
    const { config } = parse(name);
    const run = new BlindRun(config, classCountsOf(37));
    const state = [...run.model.stateDict({ aliases: false })];
    for (const [network, count] of Object.entries(parameters)) {
      const entries = state.filter(([key]) => network === "" || key.startsWith(`${network}.`));
      expect(entries.reduce((sum, [, { size }]) => sum + size, 0)).toBe(count);
    }
    expect(run.step()).toBeGreaterThan(0);
    const idle = unread * Object.values(parameters).filter((count) => count === v4Student).length;
    const learning = run.model.parameters().filter(({ trainable }) => trainable);
    expect(run.device.runs.get("adam")).toBe(learning.length - idle);
  });

  test("lacks nothing but the weights that it names", async () => {
    const planned = plan(upstreamPath(name), pagesAsData(folder, 2));
    if (missing.length === 0) {
      expect((await planned).networks.map((network) => network.name)).toEqual(Object.keys(parameters));
      return;
    }
    const error: unknown = await planned.catch((reason: unknown) => reason);
    if (!(error instanceof ConfigError)) throw error;
    expect(error.problems.map(({ path }) => path)).toEqual(missing);
    for (const { message } of error.problems) expect(message).toMatch(/^there is no (\.\/|https:)/);
  });
});

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
