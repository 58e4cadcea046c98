import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { seedConfig } from "../../testing/seed-fragments.js";
import { loadConfig } from "./load.js";
import { parseConfig } from "./parse.js";

const root = new URL("../../../../", import.meta.url);
const inRoot = (path: string): string => fileURLToPath(new URL(path, root));
const read = (path: string): string => readFileSync(inRoot(path), "utf8");
const shipped = readdirSync(inRoot("configs/rec")).filter((name) => name.endsWith(".yml"));

describe("shipped configs", () => {
  test.each(shipped)("%s has no problem and no warning", (name) => {
    const { warnings } = parseConfig(read(`configs/rec/${name}`), { file: name });
    expect(warnings).toEqual([]);
  });

  test("all four recipes are there", () => {
    const sizes = ["", "-small"].flatMap((size) => [`pp-ocrv3-distillation${size}.yml`, `pp-ocrv3${size}.yml`]);
    expect(shipped).toEqual(expect.arrayContaining(sizes));
  });

  test("the full-size distillation has the reference's values", () => {
    const { config } = parseConfig(read("configs/rec/pp-ocrv3-distillation.yml"));
    expect(config.global).toMatchObject({ epochNum: 800, maxTextLength: 25, useSpaceChar: true });
    expect(config.optimizer).toEqual({
      algorithm: { name: "Adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      schedule: { name: "Piecewise", decayEpochs: [700], values: [5e-4, 5e-5], warmupEpoch: 5 },
      l2: 3e-5,
      clip: undefined,
    });
    expect(config.loss.terms.map((term) => [term.kind, term.weight, term.feature, term.ramp])).toEqual([
      ["DistillationDMLLoss", 1, "head_out.ctc", undefined],
      ["DistillationDMLLoss", 0.5, "head_out.sar", undefined],
      ["DistillationDistanceLoss", 1, "backbone_out", undefined],
      ["DistillationCTCLoss", 1, "head_out.ctc", undefined],
      ["DistillationSARLoss", 1, "head_out.sar", undefined],
    ]);
    expect(config.train.loader.batchSize).toBe(128);
  });

  test("the distillation of PP-OCRv2 has the reference's values", () => {
    const { config } = parseConfig(read("configs/rec/pp-ocrv2-distillation.yml"));
    expect(config.optimizer).toMatchObject({
      schedule: { name: "Piecewise", decayEpochs: [700], values: [1e-3, 1e-4], warmupEpoch: 5 },
      l2: 2e-5,
    });
    const network = {
      backbone: { name: "MobileNetV1Enhance", scale: 0.5, lastConvStride: [1, 1], lastPoolType: "max" },
      neck: { encoder: "rnn", hiddenSize: 64 },
      head: { name: "CTCHead", midChannels: 96, fcDecay: 2e-5 },
      freeze: "learning",
    };
    expect(config.architecture).toMatchObject({ models: ["Teacher", "Student"].map((name) => ({ name, ...network })) });
    expect(config.loss.terms.map((term) => [term.kind, term.weight, term.feature])).toEqual([
      ["DistillationCTCLoss", 1, "head_out"],
      ["DistillationDMLLoss", 1, "head_out"],
      ["DistillationDistanceLoss", 1, "backbone_out"],
    ]);
    expect(config.metric).toMatchObject({ key: "Student", ignoreSpace: true });
  });

  test("the small distillation ramps its three distillation terms and no other", () => {
    const { config } = parseConfig(read("configs/rec/pp-ocrv3-distillation-small.yml"));
    expect(config.loss.terms.map((term) => "pairs" in term)).toEqual([true, true, true, false, false]);
    expect(config.loss.terms.map((term) => term.ramp !== undefined)).toEqual([true, true, true, false, false]);
  });

  test("the Student of the frozen Teacher is the small network alone, and only the Student learns from labels", () => {
    const [taught, alone] = ["frozen-teacher-small", "small"].map(
      (name) => parseConfig(read(`configs/rec/pp-ocrv3-${name}.yml`)).config,
    );
    if (alone.architecture.kind !== "single") throw new Error("expected a network alone");
    const { backbone, head } = alone.architecture.network;
    expect(taught.architecture).toMatchObject({
      models: [
        { name: "Teacher", freeze: "frozen", backbone: { scale: 0.5 } },
        { name: "Student", freeze: "learning", backbone, head },
      ],
    });
    expect(taught.loss.terms).toMatchObject([
      ...Array.from({ length: 3 }, () => ({ pairs: [["Student", "Teacher"]] })),
      { kind: "DistillationCTCLoss", models: ["Student"] },
      { kind: "DistillationSARLoss", models: ["Student"] },
    ]);
  });

  test("the network alone has MultiLoss with weights 1", () => {
    const { config } = parseConfig(read("configs/rec/pp-ocrv3.yml"));
    expect(config.loss).toEqual({
      name: "MultiLoss",
      terms: [
        { kind: "CTCLoss", weight: 1, ramp: undefined, focal: false, feature: "head_out.ctc" },
        { kind: "SARLoss", weight: 1, ramp: undefined, feature: "head_out.sar" },
      ],
    });
    expect(config.postProcess).toEqual({ decoder: "ctc", models: undefined, feature: "head_out.ctc" });
  });

  test("the distillation of PP-OCRv4 has the reference's losses", () => {
    const { config } = parseConfig(read("configs/rec/pp-ocrv4-distillation.yml"));
    expect(config.loss.terms.map(({ kind, weight, feature }) => [kind, weight, feature])).toEqual([
      ["DistillationDKDLoss", 0.1, "head_out.nrtr"],
      ["DistillationCTCLoss", 1, "head_out.ctc"],
      ["DistillationNRTRLoss", 1, "head_out.nrtr"],
      ["DistillCTCLogits", 1, "head_out.ctc"],
    ]);
    expect(config.loss.terms).toMatchObject([
      { alpha: 1, beta: 2, temperature: 1, logName: "dkd", pairs: [["Student", "Teacher"]] },
      { models: ["Student"] },
      { smoothing: false, models: ["Student"], logName: "loss_nrtr" },
      { logName: "ctc_logits", pairs: [["Student", "Teacher"]] },
    ]);
  });

  test("the network of PP-OCRv4 alone learns by CTC and by NRTR with smoothing", () => {
    const { config } = parseConfig(read("configs/rec/pp-ocrv4.yml"));
    expect(config.loss).toEqual({
      name: "MultiLoss",
      terms: [
        { kind: "CTCLoss", weight: 1, ramp: undefined, focal: false, feature: "head_out.ctc" },
        { kind: "NRTRLoss", weight: 1, ramp: undefined, smoothing: true, feature: "head_out.nrtr" },
      ],
    });
  });

  test("loading reads the dictionary and counts the classes", async () => {
    const overrides = { "Global.character_dict_path": inRoot("configs/dict/gb2312.txt") };
    const { classes, dictionary } = await loadConfig(inRoot("configs/rec/pp-ocrv3-distillation.yml"), overrides);
    expect(dictionary.characters.at(-1)).toBe(" ");
    expect(classes).toEqual({ ctc: 6984, sar: 6986, sarIgnoreIndex: 6985, nrtr: 6987 });
  });

  test("a file that is not there is named", async () => {
    await expect(loadConfig("no/such.yml")).rejects.toThrow('the config "no/such.yml" cannot be read: ENOENT');
    const path = inRoot("configs/rec/pp-ocrv3.yml");
    const missing = loadConfig(path, ["Global.character_dict_path=no/dict.txt"]);
    await expect(missing).rejects.toThrow('Global.character_dict_path: "no/dict.txt" cannot be read: ENOENT');
  });
});

describe("the fragments that PaddleOCR's guide to distillation prints", () => {
  test.each([
    ["two-networks", ["Teacher", "Student"]],
    ["three-networks", ["Teacher", "Student", "Student2"]],
  ] as const)("%s are a whole config with our sections", (architecture, names) => {
    const { config, warnings } = parseConfig(seedConfig(architecture), { file: "seed.yml" });
    expect(config.architecture.kind === "distillation" && config.architecture.models.map(({ name }) => name)).toEqual(
      names,
    );
    expect(config.loss.terms.map(({ kind, weight, feature }) => [kind, weight, feature])).toEqual([
      ["DistillationDMLLoss", 1, "head_out.ctc"],
      ["DistillationDMLLoss", 0.5, "head_out.sar"],
      ["DistillationDistanceLoss", 1, "backbone_out"],
      ["DistillationCTCLoss", 1, "head_out.ctc"], // the fragment does not say multi_head
      ["DistillationSARLoss", 1, "head_out.sar"],
    ]);
    expect(config.postProcess).toEqual({ decoder: "ctc", models: ["Student", "Teacher"], feature: "head_out.ctc" });
    expect(config.metric).toMatchObject({ key: "Student", mainIndicator: "acc", ignoreSpace: false });
    expect(warnings.filter((text) => text.includes("last_pool_kernel_size"))).toHaveLength(1);
  });

  test("a network of the three that no loss reads is said", () => {
    const { warnings } = parseConfig(seedConfig("three-networks"), { file: "seed.yml" });
    expect(warnings.some((text) => text.includes("Student2") && text.includes("no loss"))).toBe(true);
  });
});
