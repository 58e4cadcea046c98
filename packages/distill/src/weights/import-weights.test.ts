import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noGrad } from "@retort/autograd";
import { assertClose, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import { featureOf, type Network } from "@retort/ocr-models";
import { type HostArray, writeSafetensors } from "@retort/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportsOf, tinyConfig, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import { exportNetworks } from "../export/export.js";
import type { Run } from "../training/run.js";
import { networkAlone, networkOf, sectionOf } from "./alone.js";
import { hostArrays, weightFormats } from "./formats.js";
import { type ImportOptions, importWeights } from "./import-weights.js";
import { sameOutputs } from "./same-outputs.js";
import { readWeights } from "./weight-file.js";
import { writePdparams } from "./write-pdparams.js";

let folder: string;
let run: Run;
const at = (name: string): string => join(folder, name);
const onnx = (): string => at("out/Student/inference.onnx");
const student = (): Network => networkOf(run.model, "Student").eval();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-import-"));
  await writeTinyData(folder, 8);
  run = await tinyRun(folder, { "Global.epoch_num": 1 });
  await reportsOf(run);
  const [path, overrides] = tinyConfig(folder, { "Global.checkpoints": at("run/latest") });
  writeFileSync(at("config.yml"), JSON.stringify((await loadConfig(path, overrides)).raw));
  await exportNetworks(at("config.yml"), [], { out: at("out"), check: false });
  for (const { ending, aliases, write } of weightFormats) {
    writeFileSync(at(`all${ending}`), write(hostArrays(run.model, { aliases })));
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The Student with the weights in a file. */
async function studentOf(file: string): Promise<Network> {
  const section = sectionOf(run.loaded.config.architecture, "Student");
  const weights = [...(await readWeights(file))].map(([key, value]): [string, HostArray] => [
    key,
    { dtype: "float32", shape: [...value.shape], data: value.dataSync() as Float32Array },
  ]);
  return networkAlone(run.loaded, section, new Map(weights), file).eval();
}

const config = (): string => at("config.yml");

test.each([".safetensors", ".pdparams"])(
  "a sub-network is taken out of a %s file of all, to the bit",
  async (ending) => {
    const out = at(`student${ending}`);
    const report = await importWeights({ weights: at(`all${ending}`), config: config(), out });
    expect(report).toMatchObject({ weights: at(`all${ending}`), model: "Student", out, differences: [] });
    expect(report.parts.map(({ part }) => part)).toEqual([
      "backbone",
      "head.ctc_encoder",
      "head.ctc_head",
      "head.sar_head",
    ]);
    for (const { tensors, matched } of report.parts) expect(matched).toBe(tensors);
    const { network } = run.model.networks.get("Student") ?? expect.fail("no Student");
    if ("ctc_head" in network.head) network.head.emitGuide = true;
    const compared = sameOutputs(network, await studentOf(out), 32, 80);
    expect(Object.keys(compared)).toContain("head_out.sar");
  },
);

test("what an ONNX file holds gives its outputs, folded, and needs no config", async () => {
  const out = at("folded.safetensors");
  const report = await importWeights({ weights: onnx(), out });
  expect(report.model).toBe("Student");
  expect(report.difference).toBeLessThan(1e-4);
  const [backbone, encoder, ctc, sar] = report.parts;
  for (const { tensors, matched } of [backbone, encoder, ctc]) expect(matched).toBe(tensors);
  expect(sar).toMatchObject({ part: "head.sar_head", matched: 0, missing: sar.tensors });
  expect(report.differences.every(({ key, problem }) => problem === "missing" && key.includes("sar_head"))).toBe(true);
  const [own, folded] = [student(), await studentOf(out)];
  const images = toTensor(randomGrid([2, 3, 32, 112], { low: -1, high: 1 }), "float32");
  noGrad(() => {
    const [wanted, found] = [own, folded].map((each) => featureOf(each.forward(images), "head_out").value);
    assertClose(found, gridOf(wanted.dataSync(), wanted.shape), 1e-4, "head_out");
  });
  expect([...folded.stateDict().get("backbone.conv1._batch_norm._mean")!.dataSync()].every((x) => x === 0)).toBe(true);
});

describe("nothing is written when", () => {
  const fails = async (options: Partial<ImportOptions>, message: string | RegExp): Promise<void> => {
    const out = at("refused.safetensors");
    const all = { weights: at("all.safetensors"), config: config(), out, ...options };
    await expect(importWeights(all)).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  };

  test("the weights are of another network, with how much of each part matched", async () => {
    const state = hostArrays(student(), { aliases: true });
    state.delete("head.ctc_head.fc.bias");
    state.set("head.more", { dtype: "float32", shape: [1], data: new Float32Array(1) });
    writeFileSync(at("other.pdparams"), writePdparams(state));
    await fails(
      { weights: at("other") },
      /other\.pdparams does not fit the network:\n {2}backbone: (\d+) of \1 tensors.*head\.ctc_head: 1 of 2.*--partial.*missing +head\.ctc_head\.fc\.bias.*unexpected head\.more/s,
    );
    const report = await importWeights({
      weights: at("other"),
      config: config(),
      out: at("partial.safetensors"),
      partial: true,
    });
    expect(report.differences.map(({ key, problem }) => [key, problem])).toEqual([
      ["head.ctc_head.fc.bias", "missing"],
      ["head.more", "unexpected"],
    ]);
    expect((await readWeights(at("partial.safetensors"))).has("head.ctc_head.fc.bias")).toBe(true);
  });

  test("a shape is another, even in part", async () => {
    const state = hostArrays(student(), { aliases: false });
    state.set("head.ctc_head.fc.bias", { dtype: "float32", shape: [3], data: new Float32Array(3) });
    writeFileSync(at("shape.safetensors"), writeSafetensors(state));
    await fails(
      { weights: at("shape.safetensors"), partial: true },
      /shape +head\.ctc_head\.fc\.bias {2}expected \[11\] {2}found \[3\]/,
    );
  });

  test("no config says what network it is", () =>
    fails({ config: undefined }, "all.safetensors does not say what network it is of: name a config"));

  test("an ONNX file holds another sub-network", () =>
    fails({ weights: onnx(), config: undefined, model: "Teacher" }, 'holds the network "Student", not "Teacher"'));

  test("it is a checkpoint", () => fails({ weights: at("run/latest") }, '"retort extract" takes a network out of it'));

  test("the file to write is taken, or has no known ending", async () => {
    await fails({ out: config() }, "expected a name that ends with .safetensors or .pdparams");
    writeFileSync(at("mine.pdparams"), "mine");
    await fails({ out: at("mine.pdparams") }, "mine.pdparams is there already");
  });
});
