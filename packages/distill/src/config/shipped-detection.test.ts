import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dictionaryOf } from "@retort/ocr-models";
import { makePipeline } from "@retort/ocr-models/data";
import { describe, expect, test } from "vitest";
import { upstreamPath } from "../../testing/upstream.js";
import { dataSections } from "./data-sections.js";
import type { Overrides } from "./overrides.js";
import { parseConfig } from "./parse.js";
import type { RecognitionConfig } from "./recognition.js";

const folder = fileURLToPath(new URL("../../../../configs/det/", import.meta.url));
const shipped = readdirSync(folder);
const textOf = (name: string): string => readFileSync(folder + name, "utf8");
const ours = (name: string, overrides: Overrides = []): RecognitionConfig =>
  parseConfig(textOf(name), { overrides }).config;
const theirs = (name: string): RecognitionConfig => parseConfig(readFileSync(upstreamPath(name), "utf8")).config;

describe.each(shipped)("%s", (name) => {
  test("has no problem and no warning", () => {
    expect(parseConfig(textOf(name), { file: name }).warnings).toEqual([]);
  });

  test("has transforms that the data pipeline takes", () => {
    const { train, evaluation } = ours(name);
    const setup = { dictionary: dictionaryOf("abc"), maxTextLength: 25 };
    for (const data of [train, evaluation]) {
      expect(makePipeline(dataSections(data).dataset.transforms, setup)).toBeTypeOf("object");
    }
  });
});

/** A config without what ours says otherwise on purpose: places, and the weights that a training begins with. */
function compared({ global, architecture, train, evaluation, ...others }: RecognitionConfig): unknown {
  const sections = [train, evaluation].map(({ dataset, loader, ...more }) => ({
    ...more,
    dataset: { ...dataset, dataDir: "", labelFiles: [] },
    loader,
  }));
  const { epochNum, evalBatchStep, saveEpochStep, printBatchStep } = global;
  const networks =
    architecture.kind === "single"
      ? architecture
      : architecture.models.map((model) => ({ ...model, pretrained: undefined }));
  return { ...others, networks, sections, steps: { epochNum, evalBatchStep, saveEpochStep, printBatchStep } };
}

test.each([
  ["pp-ocrv2-distill.yml", "det-v2-distill"],
  ["pp-ocrv2-dml.yml", "det-v2-dml"],
  ["pp-ocrv2-cml.yml", "det-v2-cml"],
  ["pp-ocrv3-dml.yml", "det-v3-dml"],
  ["pp-ocrv3-cml.yml", "det-v3-cml"],
  ["pp-ocrv3-student.yml", "det-v3-student"],
  ["pp-ocrv4-cml.yml", "det-v4-cml"],
])("%s has the values of PaddleOCR's %s", (name, reference) => {
  expect(compared(ours(name))).toEqual(compared(theirs(reference)));
});

test("the small ones train the same Student on the same data", () => {
  const [alone, ...distilled] = ["student", "dml", "cml"].map((kind) => ours(`pp-ocrv3-${kind}-small.yml`));
  const student = alone.architecture.kind === "single" && alone.architecture.network;
  for (const { architecture, train, evaluation, optimizer } of distilled) {
    const models = architecture.kind === "distillation" ? architecture.models : [];
    expect(models.filter(({ name }) => name.startsWith("Student"))).toMatchObject([student, student]);
    expect({ train, evaluation, optimizer }).toEqual({
      train: alone.train,
      evaluation: alone.evaluation,
      optimizer: alone.optimizer,
    });
  }
});

/** The command at the head of a config that trains its Teacher: the config that it names, and its overrides. */
function commandOf(name: string): { config: string; overrides: string[] } {
  const text = textOf(name).replaceAll(/\\\n#/g, " ");
  const [, config, options] = /^# +retort train -c configs\/det\/(\S+) -o (.*)$/m.exec(text) ?? [];
  return { config, overrides: [...options.matchAll(/'([^']+)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare) };
}

test.each(["pp-ocrv2-distill.yml", "pp-ocrv2-cml.yml", "pp-ocrv3-cml-small.yml"])(
  "the command at the head of %s trains its Teacher",
  (name) => {
    const { config, overrides } = commandOf(name);
    const { architecture, global } = ours(config, overrides);
    const distilled = ours(name).architecture;
    const teacher = distilled.kind === "distillation" && distilled.models.find((model) => model.name === "Teacher");
    expect(teacher).toMatchObject({
      ...(architecture.kind === "single" && architecture.network),
      pretrained: `${global.saveModelDir}/best_accuracy`,
    });
  },
);

test.each(["pp-ocrv3-cml.yml", "pp-ocrv4-cml.yml"])("the Teacher of %s is a network of pp-ocrv3-dml.yml", (name) => {
  const [teacher, twin] = [ours(name), ours("pp-ocrv3-dml.yml")].map(
    ({ architecture }) => architecture.kind === "distillation" && architecture.models[architecture.models.length - 1],
  );
  expect(teacher).toEqual({ ...twin, name: "Teacher", freeze: "frozen", pretrained: "./output/det_ppocr_v3_teacher" });
});
