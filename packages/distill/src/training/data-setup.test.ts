import { readFileSync } from "node:fs";
import { dictionaryOf } from "@retort/ocr-models";
import { expect, test } from "vitest";
import { classCounts, parseConfig } from "../config/index.js";
import { BlindRun } from "../plan/blind-run.js";
import { dataSetup } from "./data-setup.js";

const text = readFileSync(new URL("../../../../configs/rec/pp-ocrv3-distillation-small.yml", import.meta.url), "utf8");
const dictionary = dictionaryOf("0123456789");
const classes = classCounts(dictionary);

function setupOf(overrides: Record<string, unknown>, mode: "train" | "eval" = "train") {
  const parsed = parseConfig(text, { overrides });
  return { parsed, setup: dataSetup({ ...parsed, dictionary, classes }, mode) };
}

const multiScale = {
  "Train.dataset.name": "MultiScaleDataSet",
  "Train.dataset.transforms.2": { RecAug: null },
  "Train.sampler": {
    name: "MultiScaleSampler",
    scales: [
      [160, 48],
      [100, 32],
    ],
    first_bs: 32,
    divided_factor: [4, 16],
  },
};

test("time steps are those of the networks' output, for every size of pictures", () => {
  const { setup } = setupOf(multiScale);
  expect(setup.ctcSteps?.map(({ height, width }) => [height, width])).toEqual([
    [48, 160],
    [32, 100],
  ]);
  for (const { height, width, steps } of setup.ctcSteps ?? []) {
    const size = { "Train.dataset.transforms.2.RecResizeImg.image_shape": [3, height, width] };
    const { parsed } = setupOf({ ...size, "Eval.dataset.transforms.2.RecResizeImg.image_shape": [3, height, width] });
    const ctc = parsed.config.loss.terms.find(({ kind }) => kind === "DistillationCTCLoss");
    const [{ shape }] = new BlindRun(parsed.config, classes).reads(ctc as NonNullable<typeof ctc>);
    expect(shape[1]).toBe(steps);
  }
});

test("with widths that follow the images every width has its steps", () => {
  const { setup } = setupOf({ ...multiScale, "Train.dataset.ds_width": true, "Train.sampler.max_w": 100 });
  expect(setup.ctcSteps?.map(({ height, width }) => [height, width])).toEqual([
    [48, 48],
    [48, 96],
    [32, 32],
    [32, 64],
    [32, 96],
  ]);
});

test("only training is limited, and only where a loss aligns by CTC", () => {
  expect(setupOf({}, "eval").setup.ctcSteps).toBeUndefined();
  expect(setupOf({}).setup.ctcSteps).toHaveLength(1);
  const sarOnly = {
    "Loss.loss_config_list": [{ DistillationSARLoss: { weight: 1, model_name_list: ["Student"], multi_head: true } }],
  };
  expect(setupOf(sarOnly).setup.ctcSteps).toBeUndefined();
});
