import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Linear } from "@retort/autograd/nn";
import { type Tensor, tensor } from "@retort/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyAloneConfig, tinyConfig, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { makeModel } from "../training/run.js";
import { loadWeights } from "./load-weights.js";

let folder: string;
/** Teacher and Student. */
let two: DistillationModel;
let alone: DistillationModel;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-load-"));
  await writeTinyData(folder, 4);
  two = await makeModel(await loadConfig(...tinyConfig(folder)));
  alone = await makeModel(await loadConfig(...tinyAloneConfig(folder)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const prefixed = (prefix: string, state: ReadonlyMap<string, Tensor>): Map<string, Tensor> =>
  new Map([...state].map(([key, value]) => [prefix + key, value]));

test("a file of another architecture gives a table of the differences, behind the key and the file", () => {
  const linear = new Linear(2, 3);
  const state = new Map([
    ["weight", tensor(new Float32Array(8), [4, 2])],
    ["scale", tensor([1])],
  ]);
  expect(() => loadWeights(linear, state, "Global.pretrained_model: other.pdparams")).toThrow(
    [
      "Global.pretrained_model: other.pdparams: the state dict does not fit the network, 3 differences:",
      "  shape      weight  expected [2, 3]  found [4, 2]",
      "  missing    bias  expected [3]  found -",
      "  unexpected scale  expected -  found [1]",
    ].join("\n"),
  );
});

test("weights of several networks for one alone: the prefixes that fit are offered, none is taken", () => {
  const before = [...alone.stateDict().values()].map((value) => [...value.dataSync()]);
  expect(() => loadWeights(alone, two.stateDict(), "file")).toThrow(
    'file: the keys fit without the prefix "Teacher." or "Student." of a sub-network: take it out with ' +
      '"retort extract CHECKPOINT --model Teacher -o FILE" and name that file',
  );
  expect(() => loadWeights(alone, prefixed("Student.", alone.stateDict({ aliases: false })), "file")).toThrow(
    'without the prefix "Student." of',
  );
  expect([...alone.stateDict().values()].map((value) => [...value.dataSync()])).toEqual(before);
});

test("weights of one network for several: its place in the config is offered", () => {
  expect(() => loadWeights(two, alone.stateDict(), "file")).toThrow(
    'file: the keys fit with the prefix "Teacher." or "Student." of a sub-network: ' +
      "name the file as Architecture.Models.Teacher.pretrained",
  );
});

test("where a prefix is not all that is wrong, or what stands before the keys is no network, the table is shown", () => {
  const state = prefixed("Student.", alone.stateDict());
  state.delete("Student.backbone.conv1._conv.weight");
  expect(() => loadWeights(alone, state, "file")).toThrow(/^file: the state dict does not fit the network, \d+ diff/);
  const backbone = new Map([...alone.stateDict()].filter(([key]) => key.startsWith("backbone.")));
  expect(() => loadWeights(alone, prefixed("", backbone), "file")).toThrow("missing    head.");
  const inner = new Map([...backbone].map(([key, value]) => [key.slice("backbone.".length), value]));
  expect(() => loadWeights(alone, inner, "file")).toThrow("unexpected conv1._conv.weight");
});
