import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Overrides, parseConfig, stepWarnings } from "../index.js";

const file = new URL("../../../../../configs/rec/pp-ocrv3-distillation-small.yml", import.meta.url);
const found = (stepsPerEpoch: number, overrides: Overrides = []): string[] =>
  stepWarnings(parseConfig(readFileSync(file, "utf8"), { overrides }).config, stepsPerEpoch);

test("enough steps: nothing to say", () => {
  expect(found(250)).toEqual([]);
});

test("an evaluation that never comes", () => {
  expect(found(250, ["Global.eval_batch_step=[3000, 2000]"])).toEqual([
    "Global.eval_batch_step: the first evaluation would be at step 5000, but there are 4000 steps",
  ]);
  expect(found(250, ["Global.eval_batch_step=[3000, 2000]", "Global.eval_batch_epoch=1"])).toEqual([]);
});

test("ramps that never begin or never end", () => {
  expect(found(100).filter((text) => text.includes("ramp ends at step 2000, but there are 1600"))).toHaveLength(3);
  expect(found(60).filter((text) => text.includes("ramp begins at step 1000, but there are 960"))).toHaveLength(3);
});

test("a warm-up longer than the training", () => {
  const lr = { name: "LinearWarmupCosine", learning_rate: 0.001 };
  expect(found(250, { "Optimizer.lr": lr })).toEqual([
    expect.stringContaining("rises for 5000 steps, and there are 4000"),
  ]);
});
