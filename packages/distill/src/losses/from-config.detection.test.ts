import { backward, type SumOverParts, slice, squeeze, Variable, variable } from "@retort/autograd";
import { inParts } from "@retort/autograd/testing";
import { type DbTarget, dbLosses, dbMap, type NetworkOutput } from "@retort/ocr-models";
import { Random, type Tensor, tensor } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import { check } from "../config/schema/build.js";
import { type LossConfig, loss } from "../config/schema/loss.js";
import { combined } from "./combined.js";
import { dilaDbLoss } from "./dila-db.js";
import { dmlLoss } from "./dml.js";
import { termsFromConfig } from "./from-config.js";
import type { ModelOutputs } from "./terms.js";

const [batch, height, width] = [2, 4, 5];
const random = new Random(3);

const mapsOf = (channels: number): Variable =>
  new Variable(
    tensor(
      Float32Array.from({ length: batch * channels * height * width }, () => random.uniform()),
      [batch, channels, height, width],
    ),
  );

const bits = (): Tensor =>
  tensor(
    Float32Array.from({ length: batch * height * width }, () => random.integer(2)),
    [batch, height, width],
  );

const target: DbTarget = { thresholdMap: bits(), thresholdMask: bits(), shrinkMap: bits(), shrinkMask: bits() };

function outputOf(maps: Variable): NetworkOutput {
  return { backbone_out: maps, head_out: maps, maps };
}

/** A Loss section as a config has it, all of whose terms read maps. */
function configOf(section: unknown): LossConfig {
  const result = check(loss, section);
  if (!result.success) throw new Error(result.error.message);
  const { name, terms } = result.data;
  return { name, terms: terms.map(({ reads: _, ...term }) => ({ ...term, feature: "maps" })) } as LossConfig;
}

/** Every weighted value by its name in the log, and the total. */
function valuesOf(section: unknown, outputs: ModelOutputs): Record<string, number> {
  const { parts, loss: total } = combined(termsFromConfig(configOf(section), 0))(outputs, { db: target }, 0);
  return Object.fromEntries([...parts, ["loss", total] as const].map(([name, value]) => [name, value.item()]));
}

test("the losses of three DB networks have the reference's names, and their sum is the loss", () => {
  const [student, second, teacher] = [3, 3, 3].map(mapsOf);
  const outputs = new Map(
    Object.entries({ Student: student, Student2: second, Teacher: teacher }).map(([name, x]) => [name, outputOf(x)]),
  );
  const options = { balance_loss: true, main_loss_type: "DiceLoss", alpha: 5, ohem_ratio: 3 };
  const found = valuesOf(
    {
      name: "CombinedLoss",
      loss_config_list: [
        {
          DistillationDilaDBLoss: {
            weight: 1,
            model_name_pairs: [
              ["Student", "Teacher"],
              ["Student2", "Teacher"],
            ],
            key: "maps",
            ...options,
          },
        },
        {
          DistillationDMLLoss: {
            weight: 2,
            model_name_pairs: ["Student", "Student2"],
            maps_name: "thrink_maps",
            key: "maps",
          },
        },
        { DistillationDBLoss: { weight: 1, model_name_list: ["Student", "Student2"], beta: 10, ...options } },
      ],
    },
    outputs,
  );
  const { loss: total, ...parts } = found;
  expect(Object.keys(parts)).toEqual([
    "dila_dbloss_Student_Teacher",
    "dila_dbloss_Student2_Teacher",
    "dml_thrink_maps_0",
    "db_Student_loss_shrink_maps",
    "db_Student_loss_threshold_maps",
    "db_Student_loss_binary_maps",
    "db_Student_loss_cbn",
    "db_Student2_loss_shrink_maps",
    "db_Student2_loss_threshold_maps",
    "db_Student2_loss_binary_maps",
    "db_Student2_loss_cbn",
  ]);
  expect(Object.values(parts).reduce((a, b) => a + b)).toBeCloseTo(total, 4);
  expect(parts.dila_dbloss_Student2_Teacher).toBeCloseTo(dilaDbLoss(second, teacher, target.shrinkMask).item(), 5);
  const between = dmlLoss(dbMap(student, "shrink_maps"), dbMap(second, "shrink_maps"));
  expect(parts.dml_thrink_maps_0).toBeCloseTo(2 * between.item(), 5);
  const { shrink, threshold, binary } = dbLosses(second, target);
  expect(parts.db_Student2_loss_shrink_maps).toBeCloseTo(shrink.item(), 5);
  expect(parts.db_Student2_loss_threshold_maps).toBeCloseTo(threshold.item(), 5);
  expect(parts.db_Student2_loss_binary_maps).toBeCloseTo(binary.item(), 5);
  expect(parts.db_Student2_loss_cbn).toBe(0);
});

test("the options of a config count in both DB losses", () => {
  const [student, teacher] = [3, 3].map(mapsOf);
  const outputs = new Map(Object.entries({ Student: outputOf(student), Teacher: outputOf(teacher) }));
  const options = { main_loss_type: "BCELoss", alpha: 2, ohem_ratio: 1, eps: 1e-3 };
  const found = valuesOf(
    {
      name: "CombinedLoss",
      loss_config_list: [
        { DistillationDilaDBLoss: { weight: 1, model_name_pairs: ["Student", "Teacher"], name: "dila", ...options } },
        { DistillationDBLoss: { weight: 1, model_name_list: "Student", beta: 3, name: "DBLoss", ...options } },
      ],
    },
    outputs,
  );
  const ours = { mainLoss: "BCELoss", alpha: 2, negativeRatio: 1, epsilon: 1e-3 } as const;
  expect(found.dila_Student_Teacher).toBeCloseTo(dilaDbLoss(student, teacher, target.shrinkMask, ours).item(), 5);
  const { shrink, threshold } = dbLosses(student, target, { ...ours, beta: 3 });
  expect(found.DBLoss_Student_loss_shrink_maps).toBeCloseTo(shrink.item(), 5);
  expect(found.DBLoss_Student_loss_threshold_maps).toBeCloseTo(threshold.item(), 5);
});

test("mutual learning compares every map that it names, under the name that it gives it", () => {
  const [a, b] = [3, 3].map(mapsOf);
  const section = {
    name: "CombinedLoss",
    loss_config_list: [
      {
        DistillationDMLLoss: {
          weight: 1,
          model_name_pairs: [["A", "B"]],
          maps_name: ["shrink_maps", "binary_maps"],
        },
      },
    ],
  };
  const { loss: _, ...parts } = valuesOf(section, new Map(Object.entries({ A: outputOf(a), B: outputOf(b) })));
  expect(Object.keys(parts)).toEqual(["dml_shrink_maps_0", "dml_binary_maps_0"]);
  const between = dmlLoss(dbMap(a, "binary_maps"), dbMap(b, "binary_maps"));
  expect(parts.dml_binary_maps_0).toBeCloseTo(between.item(), 5);
});

describe("a batch of 3 in parts of 1 and 2, which processes of their own hold", () => {
  const samples = 3;
  const sizes = [1, 2];
  const starts = [0, 1];
  const numbers = (each: number, draw: () => number): Tensor =>
    tensor(Float64Array.from({ length: samples * each * height * width }, draw), [samples, each, height, width]);
  const [student, teacher] = [3, 3].map((channels) => numbers(channels, () => random.uniform()));
  const labels = Array.from({ length: 4 }, () => numbers(1, () => random.integer(2)));

  /** The total loss of the samples from `start` on, and its gradient. */
  function lossOf(section: unknown, start: number, count: number, overParts?: SumOverParts): [number, number[]] {
    const part = (x: Tensor): Tensor =>
      tensor(slice(x, 0, start, start + count).value.dataSync(), [count, ...x.shape.slice(1)]);
    const [thresholdMap, thresholdMask, shrinkMap, shrinkMask] = labels.map((x) => squeeze(part(x), 1).value);
    const maps = variable(part(student));
    const outputs = new Map([
      ["Student", outputOf(maps)],
      ["Teacher", outputOf(new Variable(part(teacher)))],
    ]);
    const run = combined(termsFromConfig(configOf(section), 0, undefined, overParts));
    const share = { samples: count / samples, labels: 0 };
    const { loss: total } = run(outputs, { db: { thresholdMap, thresholdMask, shrinkMap, shrinkMask } }, 0, share);
    const value = total.item();
    return [value, [...(backward(total).get(maps)?.value.dataSync() ?? [])]];
  }

  const pair = { weight: 1, model_name_pairs: ["Student", "Teacher"] };
  const options = ["DiceLoss", "BCELoss", "MaskL1Loss"].map((type) => ({ main_loss_type: type, ohem_ratio: 1.5 }));
  const terms = [
    ...options.flatMap((more) => [
      { DistillationDBLoss: { weight: 1, model_name_list: ["Student"], ...more } },
      { DistillationDilaDBLoss: { ...pair, ...more } },
    ]),
    { DistillationDMLLoss: { ...pair, maps_name: ["thrink_maps", "binary_maps"] } },
  ];

  test.each(terms.map((term) => [JSON.stringify(term), term]))(
    "has the loss and the gradient of the whole: %s",
    (_, term) => {
      const section = { name: "CombinedLoss", loss_config_list: [term] };
      const [value, gradient] = lossOf(section, 0, samples);
      const parts = inParts(2, (part, sum) => lossOf(section, starts[part], sizes[part], sum));
      expect(parts[0][0] + parts[1][0]).toBeCloseTo(value, 12);
      for (const [i, slope] of parts.flatMap(([, slopes]) => slopes).entries())
        expect(slope).toBeCloseTo(gradient[i], 12);
      expect(gradient.some((slope) => slope !== 0)).toBe(true);
    },
  );
});

test("a single DB network's losses have no prefix", () => {
  const found = valuesOf({ name: "DBLoss" }, new Map([["", outputOf(mapsOf(3))]]));
  expect(Object.keys(found)).toEqual([
    "loss_shrink_maps",
    "loss_threshold_maps",
    "loss_binary_maps",
    "loss_cbn",
    "loss",
  ]);
});

test("without maps in the batch the loss says what is missing", () => {
  const run = combined(termsFromConfig(configOf({ name: "DBLoss" }), 0));
  expect(() => run(new Map([["", outputOf(mapsOf(3))]]), {}, 0)).toThrow(
    "the loss needs the maps and masks of a DB head",
  );
});
