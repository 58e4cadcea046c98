import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MultiHead, type Network } from "@retort/ocr-models";
import { tensor } from "@retort/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyConfig, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import { makeModel } from "../training/run.js";
import { sameOutputs } from "./same-outputs.js";

let folder: string;
let before: Network;
let after: Network;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-outputs-"));
  await writeTinyData(folder, 1);
  const { networks } = await makeModel(await loadConfig(...tinyConfig(folder)));
  [before, after] = [...networks.values()].map(({ network }) => network);
  after.loadStateDict(before.stateDict());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const all = ["backbone_out", "neck_out", "head_out.ctc", "head_out.ctc_neck"];

test("the outputs of equal networks are the same, and are listed", () => {
  expect(Object.keys(sameOutputs(before, after, 32, 80))).toEqual(all);
});

test("an output that one of them does not give is named", () => {
  if (!(before.head instanceof MultiHead)) expect.fail("the quickstart has several heads");
  before.head.emitGuide = true;
  expect(() => sameOutputs(before, after, 32, 80)).toThrow(
    `one network gives ${all.join(", ")}, head_out.sar, the other ${all.join(", ")}`,
  );
  before.head.emitGuide = false;
});

test("the output that differs is named", () => {
  const key = "head.ctc_head.fc.bias";
  const bias = after.stateDict().get(key) ?? expect.fail(`no ${key}`);
  const changed = Float32Array.from(bias.dataSync());
  changed[0] += 1;
  after.loadStateDict(new Map(after.stateDict()).set(key, tensor(changed)));
  expect(() => sameOutputs(before, after, 32, 80)).toThrow(
    "head_out.ctc of the two networks differs on the same image",
  );
});
