import type { HostArray } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import { pickled, tuple } from "../../testing/pickled.js";
import { readPdopt } from "./pdopt.js";
import { readPdparams } from "./pdparams.js";
import type { PickleValue } from "./pickle/values.js";
import { readStates } from "./states.js";

const floats = (...values: number[]): HostArray => ({
  dtype: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});
const file = (entries: Record<string, PickleValue>): Uint8Array => pickled(new Map(Object.entries(entries)));
const names = "StructuredToParameterName@@";
const parts = "UnpackBigParamInfor@@";
const partsOf = (slices: PickleValue, shape: PickleValue): PickleValue =>
  new Map([
    [
      "w",
      new Map([
        ["OriginShape", shape],
        ["slices", slices],
      ]),
    ],
  ]);

describe("pdparams", () => {
  test("tensors come with Paddle's names of them, from the table or beside the tensor", () => {
    const bytes = file({
      a: floats(1),
      b: tuple("linear_0.b_0", floats(2)),
      [names]: new Map([["a", "linear_0.w_0"]]),
    });
    const { tensors, parameterNames } = readPdparams(bytes);
    expect(tensors).toEqual(
      new Map([
        ["a", floats(1)],
        ["b", floats(2)],
      ]),
    );
    expect(parameterNames).toEqual(
      new Map([
        ["a", "linear_0.w_0"],
        ["b", "linear_0.b_0"],
      ]),
    );
  });

  test("a tensor that Paddle wrote in parts is whole again", () => {
    const slices = { "w@@.0": floats(1, 2), "w@@.1": floats(3, 4) };
    const { tensors } = readPdparams(file({ ...slices, [parts]: partsOf(["w@@.0", "w@@.1"], tuple(2, 1, 2)) }));
    expect(tensors).toEqual(
      new Map([["w", { dtype: "float32", shape: [2, 1, 2], data: Float32Array.of(1, 2, 3, 4) }]]),
    );
  });

  const cases: [what: string, bytes: Uint8Array, message: string][] = [
    ["a list", pickled([floats(1)]), "the file is a list of 1, expected a dictionary"],
    ["a key that is no name", pickled(new Map([[5, floats(1)]])), "the file has the key 5, expected names"],
    ["an entry that is no tensor", file({ a: 5 }), '"a" is 5, expected a tensor'],
    ["a pair of another kind", file({ a: tuple(1, floats(1)) }), '"a" is a tuple of 2, expected a tensor'],
    ["a table that is none", file({ [names]: 1 }), `${names} is 1, expected a dictionary`],
    ["a name that is none", file({ a: floats(1), [names]: new Map([["a", 1]]) }), `${names}: "a" is 1, expected text`],
    ["a part that is missing", file({ [parts]: partsOf(["w@@.0"], [1]) }), 'no array for the part the text "w@@.0"'],
    ["a part twice", file({ p: floats(1), [parts]: partsOf(["p", "p"], [2]) }), "or it is a part twice"],
    ["parts of another size", file({ p: floats(1), [parts]: partsOf(["p"], [2]) }), "float32 [1] do not make a tensor"],
    ["parts of nothing", file({ [parts]: partsOf([], [0]) }), "do not make a tensor of shape [0]"],
    ["no list of parts", file({ [parts]: partsOf(null, [1]) }), "slices: expected a list, found None"],
    [
      "a tensor whole and in parts",
      file({ w: floats(1), p: floats(1), [parts]: partsOf(["p"], [1]) }),
      `${parts}: "w" is there twice`,
    ],
  ];
  test.each(cases)("%s is refused", (_, bytes, message) => expect(() => readPdparams(bytes)).toThrow(message));
});

describe("pdopt", () => {
  test("accumulators, float32 copies and the schedule", () => {
    const bytes = file({
      "conv2d_0.w_0_fp32_master_0_moment1_0": floats(1),
      "conv2d_0.w_0_fp32_master_0_beta1_pow_acc_0": floats(0.9),
      "linear_0.w_0__avg_squared_grad_0": floats(2),
      master_weights: new Map([["conv2d_0.w_0", floats(3)]]),
      LR_Scheduler: new Map([["last_epoch", 4]]),
    });
    expect(readPdopt(bytes)).toEqual({
      accumulators: new Map([
        [
          "conv2d_0.w_0_fp32_master_0",
          new Map([
            ["moment1", floats(1)],
            ["beta1_pow_acc", floats(0.9)],
          ]),
        ],
        ["linear_0.w_0", new Map([["_avg_squared_grad", floats(2)]])],
      ]),
      masterWeights: new Map([["conv2d_0.w_0", floats(3)]]),
      schedule: new Map([["last_epoch", 4]]),
    });
  });

  test.each<[string, Record<string, PickleValue>, string]>([
    ["an unknown accumulator", { w_speed_0: floats(1) }, '"w_speed_0" is no accumulator of an optimizer'],
    [
      "an accumulator twice",
      { w_moment1_0: floats(1), w_moment1_1: floats(1) },
      '"w_moment1_1" is a second moment1 of w',
    ],
    ["one that is no tensor", { w_moment1_0: 1 }, '"w_moment1_0" is 1, expected a tensor'],
    ["a schedule that is none", { LR_Scheduler: 1 }, "LR_Scheduler is 1, expected a dictionary"],
    ["a copy that is none", { master_weights: new Map([["w", null]]) }, 'master_weights: "w" is None'],
  ])("%s is refused", (_, entries, message) => expect(() => readPdopt(file(entries))).toThrow(message));
});

describe("states", () => {
  test("older files do not tell the step", () => {
    const best = new Map<string, PickleValue>([
      ["acc", 0.5],
      ["is_float16", false],
    ]);
    expect(readStates(file({ epoch: 3, best_model_dict: best }))).toEqual({
      epoch: 3,
      globalStep: undefined,
      best: { acc: 0.5, is_float16: false },
    });
  });

  test.each<[string, Record<string, PickleValue>, string]>([
    ["no metrics", { epoch: 3 }, "best_model_dict is None, expected a dictionary"],
    ["no epoch", { best_model_dict: new Map() }, '"epoch" is None, expected a number'],
    ["a metric that is none", { epoch: 3, best_model_dict: new Map([["acc", "high"]]) }, '"acc" is the text "high"'],
    [
      "a step that is none",
      { epoch: 3, global_step: "x", best_model_dict: new Map() },
      '"global_step" is the text "x"',
    ],
  ])("%s is refused", (_, entries, message) => expect(() => readStates(file(entries))).toThrow(message));
});
