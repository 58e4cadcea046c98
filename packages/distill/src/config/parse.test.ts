import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfig } from "./index.js";

const read = (name: string): string =>
  readFileSync(new URL(`../../../../configs/rec/${name}`, import.meta.url), "utf8");
const distillation = read("pp-ocrv3-distillation-small.yml");

const student = "Architecture.Models.Student";
const teacher = "Architecture.Models.Teacher";
const term = (index: number, kind: string): string => `Loss.loss_config_list.${index}.${kind}`;
const dml = term(0, "DistillationDMLLoss");
const distance = term(2, "DistillationDistanceLoss");
const ctc = term(3, "DistillationCTCLoss");
const sar = term(4, "DistillationSARLoss");
const ctcOnly = { name: "CTCHead" };
const svtr = { name: "SequenceEncoder", encoder_type: "svtr" };

describe("all problems come at once, with place, path and nearest name", () => {
  const wrong = distillation
    .replace("  epoch_num: 16 ", "  epoch_nums: 16 ")
    .replace("        scale: 0.25", "        scale: wide")
    .replace("  key: Student ", "  key: Pupil ");

  test("in one error", () => {
    expect(() => parseConfig(wrong, { file: "c.yml", overrides: ["Train.loader.num_workers=-1"] })).toThrow(
      [
        "c.yml has 6 problems:",
        "  c.yml:3: Global.epoch_num: missing",
        '  c.yml:5: Global.epoch_nums: unknown key; did you mean "epoch_num"?',
        '  c.yml:45: Architecture.Models.Teacher.Backbone.scale: expected a number, found the text "wide"',
        '  c.yml:65: Architecture.Models.Student.Backbone.scale: expected a number, found the text "wide"',
        "  -o Train.loader.num_workers=-1: Train.loader.num_workers: expected at least 0, found the number -1",
        '  c.yml:122: Metric.key: "Pupil" is not decoded, so it has no figures; PostProcess.model_name: known here: Student, Teacher',
      ].join("\n"),
    );
  });
});

describe("what is unambiguous need not be said", () => {
  test("a multi-head output read by CTC and by mutual learning is its ctc part", () => {
    const silent = {
      [`${ctc}.multi_head`]: undefined,
      [`${sar}.multi_head`]: undefined,
      "PostProcess.multi_head": undefined,
    };
    const text = distillation.replaceAll("        multi_head: true\n", "").replace("        dis_head: ctc\n", "");
    const { config } = parseConfig(text, { overrides: silent });
    expect(config.loss.terms.map(({ feature }) => feature)).toEqual([
      "head_out.ctc",
      "head_out.sar",
      "backbone_out",
      "head_out.ctc",
      "head_out.sar",
    ]);
    expect(config.postProcess.feature).toBe("head_out.ctc");
  });

  test("numbers may be text, one pair needs no outer list, one name no list", () => {
    const { config } = parseConfig(distillation, {
      overrides: [
        "Optimizer.lr.learning_rate=1e-3",
        `${dml}.model_name_pairs=[Student, Teacher]`,
        `${ctc}.model_name_list=Student`,
        `${dml}.act=None`,
      ],
    });
    expect(config.optimizer.schedule).toMatchObject({ learningRate: 0.001 });
    expect(config.loss.terms[0]).toMatchObject({ pairs: [["Student", "Teacher"]], act: undefined });
    expect(config.loss.terms[3]).toMatchObject({ models: ["Student"] });
  });

  test("a network with one head beside one with several is read by the same loss", () => {
    const { config } = parseConfig(distillation, {
      overrides: {
        [`${student}.Head`]: ctcOnly,
        [`${student}.Neck`]: svtr,
        [`${term(1, "DistillationDMLLoss")}.dis_head`]: "ctc",
        [`${sar}.model_name_list`]: ["Teacher"],
      },
    });
    expect(config.loss.terms.map(({ feature }) => feature)).toEqual([
      "head_out.ctc",
      "head_out.ctc",
      "backbone_out",
      "head_out.ctc",
      "head_out.sar",
    ]);
  });
});

describe("our extensions", () => {
  test("an adapter, no ramp, freezing in both ways, parts of batches, counting of unusable samples", () => {
    const { config } = parseConfig(distillation, {
      overrides: {
        [`${student}.Backbone.scale`]: 0.5,
        [`${distance}.adapter`]: { type: "conv1x1" },
        [`${distance}.ramp`]: null,
        [`${teacher}.freeze_params`]: true,
        [`${teacher}.pretrained`]: "teacher.safetensors",
        "Train.loader.micro_batch_size": 8,
        "Metric.count_unusable": false,
      },
    });
    expect(config.loss.terms[2]).toMatchObject({ adapter: { type: "conv1x1" } });
    expect(config.loss.terms[0]).toMatchObject({ ramp: { start: 1000, steps: 1000 } });
    expect(config.loss.terms[2].ramp).toBeUndefined();
    expect(config.architecture).toMatchObject({
      models: [{ freeze: "frozen", pretrained: "teacher.safetensors" }, { freeze: "learning" }],
    });
    expect(config.train.loader.microBatchSize).toBe(8);
    expect(config.metric).toMatchObject({ countUnusable: false });
    const reference = { [`${teacher}.freeze_params`]: true, [`${teacher}.freeze_mode`]: "reference" };
    expect(parseConfig(distillation, { overrides: reference }).config.architecture).toMatchObject({
      models: [{ freeze: "reference" }, {}],
    });
  });

  test("temperature and direction of mutual learning, beam search with a word list, places of words", () => {
    const { config } = parseConfig(distillation, {
      overrides: {
        [`${dml}.temperature`]: 4,
        [`${dml}.direction`]: "forward",
        "PostProcess.beam_width": 8,
        "PostProcess.lexicon": "words.txt",
        "PostProcess.return_word_box": true,
      },
    });
    expect(config.loss.terms[0]).toMatchObject({ temperature: 4, direction: "forward" });
    expect(config.loss.terms[1]).toMatchObject({ temperature: 1, direction: "both" });
    expect(config.postProcess).toEqual({
      decoder: "ctc",
      models: ["Student", "Teacher"],
      feature: "head_out.ctc",
      beam: { width: 8, lexicon: "words.txt" },
      wordBoxes: true,
    });
  });
});

test("raw keeps the config with its overrides, ignored keys too", () => {
  const { raw } = parseConfig(distillation, { overrides: ["Global.distributed=true", "Global.seed=3"] });
  expect(raw.Global).toMatchObject({ distributed: true, seed: 3 });
});

test("a file without sections is an error", () => {
  expect(() => parseConfig("[1, 2]", { file: "c.yml" })).toThrow("c.yml: expected sections such as Global");
});
