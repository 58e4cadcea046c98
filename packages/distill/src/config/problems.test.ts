import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ConfigError, type Overrides, parseConfig } from "./index.js";

const read = (name: string): string =>
  readFileSync(new URL(`../../../../configs/rec/${name}`, import.meta.url), "utf8");
const distillation = read("pp-ocrv3-distillation-small.yml");
const alone = read("pp-ocrv3-small.yml");

/** The problems of a config, one line of text each: path and message. */
function problems(text: string, overrides: Overrides = {}): string[] {
  try {
    parseConfig(text, { file: "c.yml", overrides });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

const student = "Architecture.Models.Student";
const teacher = "Architecture.Models.Teacher";
const term = (index: number, kind: string): string => `Loss.loss_config_list.${index}.${kind}`;
const dml = term(0, "DistillationDMLLoss");
const distance = term(2, "DistillationDistanceLoss");
const ctc = term(3, "DistillationCTCLoss");
const multiScale = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: "MultiScaleSampler",
  scales: [
    [160, 32],
    [160, 48],
  ],
  first_bs: 32,
  ...more,
});
const multiScaleSet = { "Train.dataset.name": "MultiScaleDataSet", "Train.sampler": multiScale() };
const unsized = { "Train.dataset.transforms.2": { RecAug: null } };
const ctcOnly = { name: "CTCHead" };
const ctcBranch = { CTCHead: { Neck: { name: "reshape" } } };
const lcnet = { name: "PPLCNetV3", scale: 0.25 };
const svtr = { name: "SequenceEncoder", encoder_type: "svtr" };
const pair = ["Student", "Teacher"];
const second = "Train.dataset.transforms.1";
const decode = { DecodeImage: { img_mode: "BGR" } };
const encode = { MultiLabelEncode: null };
const resize = { RecResizeImg: { image_shape: [3, 48, 160] } };
const keep = { KeepKeys: { keep_keys: ["image", "label_ctc", "label_sar", "length", "valid_ratio"] } };

/** A config whose training has these transforms between decoding and KeepKeys. */
const training = (...transforms: Record<string, unknown>[]): Record<string, unknown> => ({
  "Train.dataset.transforms": [decode, ...transforms, keep],
});

describe("problems of one section", () => {
  const cases: [Overrides, string | RegExp][] = [
    [
      { "Global.teacher_cache_precision": "float8" },
      /Global\.teacher_cache_precision: expected one of "float16", "float32", found the text "float8"/,
    ],
    [{ "Global.teacher_cache_top_k": 0 }, /Global\.teacher_cache_top_k: expected at least 1, found the number 0/],
    [
      { [`${student}.Backbone.scal`]: 1 },
      `Architecture.Models.Student.Backbone.scal: unknown key; did you mean "scale"?`,
    ],
    [
      { [`${student}.Backbone.name`]: "MobileNetV1Enhanced" },
      /Backbone\.name: unknown backbone.*"MobileNetV1Enhance"\?$/,
    ],
    [{ [`${student}.Backbone.name`]: null }, /Backbone\.name: unknown backbone, found nothing/],
    [{ [`${student}.Backbone`]: 3 }, "Architecture.Models.Student.Backbone: expected a mapping, found the number 3"],
    [
      { [`${student}.Backbone.last_conv_stride`]: [1, 2, 3] },
      /last_conv_stride: expected at most 2 items, found a list of 3/,
    ],
    [
      { [`${student}.Backbone.last_pool_type`]: "mean" },
      /last_pool_type: expected one of "avg", "max", found the text "mean"/,
    ],
    [{ [`${student}.Head.head_list.0.CTCHead.Neck.name`]: "svt" }, /CTCHead\.Neck\.name: unknown encoder.*"svtr"\?/],
    [{ [`${student}.Head.head_list.0.CTCHead.Neck.num_heads`]: 7 }, /Neck\.hidden_dims: is not divisible by num_heads/],
    [
      { [`${student}.Head.head_list.0.CTCHead.Neck.encoder_type`]: "rnn" },
      /encoder_type: belongs to a SequenceEncoder/,
    ],
    [{ [`${student}.Head.head_list.1`]: { NRTHead: {} } }, /head_list\[1\]\.NRTHead: unknown head.*"NRTRHead"\?/],
    [
      { [`${student}.Head.head_list.1`]: { NRTRHead: { nrtr_dim: 100 } } },
      /NRTRHead\.nrtr_dim: expected an even number that divides into heads/,
    ],
    [
      { [`${student}.Head.head_list`]: [ctcBranch, { SARHead: {} }, { NRTRHead: {} }] },
      /at most one SARHead or NRTRHead/,
    ],
    [{ [`${student}.Head.use_pos`]: true }, /Head\.use_pos: adds vectors to what an NRTRHead reads/],
    [{ [`${student}.Head.use_pool`]: true }, /Head\.use_pool: is for backbones that give tokens/],
    [{ [`${student}.Backbone`]: { ...lcnet, det: true } }, /Backbone\.det: only false is supported/],
    [{ [`${student}.Backbone`]: { ...lcnet, lr_mult_list: [1, 1] } }, /lr_mult_list: expected at least 6 items/],
    [
      { [`${student}.Head.head_list.1`]: { SARHead: {}, X: 1 } },
      /head_list\[1\]: expected one head .* found the keys SARHead, X/,
    ],
    [{ [`${student}.Head.head_list.1`]: { CTCHead: { Neck: { name: "reshape" } } } }, /expected exactly one CTCHead/],
    [{ [`${student}.Head.head_list.1.SARHead.enc_gru`]: true }, /enc_gru: is not supported here/],
    [{ [`${student}.model_type`]: "cls" }, /model_type: unknown type of network, found the text "cls"/],
    [{ [`${student}.freeze_mode`]: "ice" }, /freeze_mode: expected one of "frozen", "reference"/],
    [{ "Architecture.Models": {} }, "Architecture.Models: names no network"],
    [{ "Architecture.name": "DistilationModel" }, /Architecture\.name: .*did you mean "DistillationModel"\?/],
    [
      { [`${dml}.weight`]: null },
      "Loss.loss_config_list[0].DistillationDMLLoss.weight: expected a number, found nothing",
    ],
    [{ [`${dml}.weight`]: -1 }, /weight: expected at least 0, found the number -1/],
    [{ [`${dml}.act`]: "softmx" }, /act: .*did you mean "softmax"\?/],
    [{ [`${dml}.ramp`]: { start: 1 } }, /ramp\.steps: missing/],
    [{ [`${dml}.ramp`]: { start: 1.5, steps: 1 } }, /ramp\.start: expected a whole number/],
    [{ [`${dml}.adapter`]: { type: "conv" } }, /adapter\.type: .*did you mean "conv1x1"\?/],
    [{ [`${dml}.model_name_pairs`]: [["Student"]] }, /model_name_pairs\[0\]: expected at least 2 items/],
    [{ [`${distance}.mode`]: "l3" }, /mode: expected one of "l1", "l2", "smooth_l1"/],
    [{ [`${distance}.multi_head`]: true }, /DistillationDistanceLoss\.multi_head: unknown key/],
    [{ "Loss.loss_config_list.0": { DistillationDMLoss: {} } }, /did you mean "DistillationDMLLoss"\?/],
    [{ [`${dml}.temperature`]: 0 }, /temperature: expected more than 0, found the number 0/],
    [{ [`${dml}.act`]: null, [`${dml}.temperature`]: 2 }, /temperature: divides logits, so it needs act/],
    [{ [`${dml}.act`]: "sigmoid", [`${dml}.direction`]: "forward" }, /direction: one direction alone .* act: softmax/],
    [{ [`${dml}.direction`]: "up" }, /direction: expected one of "both", "forward", "reverse"/],
    [{ [`${dml}.dis_head`]: "nrt" }, /dis_head: .*did you mean "nrtr"\?/],
    [{ "Loss.loss_config_list.0": { DistillationKLDiv: {} } }, /did you mean "DistillationKLDivLoss"\?/],
    [
      { "Loss.loss_config_list.0": { DistillCTCLogits: { weight: 1, model_name_pairs: pair, reduction: "sum" } } },
      /DistillCTCLogits\.reduction: only mean is supported/,
    ],
    [
      { "Loss.loss_config_list.0": { DistillationNRTRDMLLoss: { weight: 1, model_name_pairs: pair, use_log: false } } },
      /DistillationNRTRDMLLoss\.use_log: only true is supported here/,
    ],
    [
      { "Train.dataset.transforms.1": { MultiLabelEncode: { gtc_encode: "SARLabelEncode" } } },
      /gtc_encode: only "NRTRLabelEncode" is supported; without it there is a label for SAR/,
    ],
    [
      {
        "Train.dataset.transforms.1": { SARLabelEncode: null },
        "Train.dataset.transforms.3.KeepKeys.keep_keys": ["image", "label", "length", "valid_ratio"],
      },
      /hold the label of the sar output \(MultiLabelEncode makes label_sar\)/,
    ],
    [{ "PostProcess.lexicon": "words.txt" }, /PostProcess\.lexicon: is for prefix beam search: it needs beam_width/],
    [{ "PostProcess.beam_width": 0 }, /PostProcess\.beam_width: expected at least 1/],
    [{ "Loss.name": "CombindLoss" }, /Loss\.name: unknown loss.*"CombinedLoss"\?/],
    [{ "Optimizer.name": "Adm" }, /Optimizer\.name: .*did you mean "Adam"\?/],
    [{ "Optimizer.lr": { name: "Cosin", learning_rate: 1 } }, /Optimizer\.lr\.name: .*"Cosine"\?/],
    [
      { "Optimizer.lr": { name: "Piecewise", decay_epochs: [1], values: [1, 2, 3] } },
      /lr\.values: expected one value more/,
    ],
    [
      { "Optimizer.lr": { name: "Piecewise", decay_epochs: [2, 1], values: [1, 2, 3] } },
      /decay_epochs: expected rising/,
    ],
    [{ "Optimizer.clip_norm": 1, "Optimizer.clip_value": 1 }, /Optimizer\.clip_norm: only one of/],
    [{ "Optimizer.name": "Momentum", "Optimizer.beta1": 1 }, /Optimizer\.momentum: missing/],
    [{ "Optimizer.regularizer.name": "L1" }, /regularizer\.name: expected one of "L2", "L2Decay"/],
    [{ "PostProcess.name": "CTCLabelDecoder" }, /PostProcess\.name: .*"CTCLabelDecode"\?/],
    [{ "Metric.main_indicator": "accuracy" }, /main_indicator: expected one of "acc", "norm_edit_dis"/],
    [{ "Train.dataset.name": "LMDBDataset" }, /Train\.dataset\.name: unknown data set.*"LMDBDataSet"\?/],
    [{ "Train.dataset.name": "LMDBDataSet" }, /Train\.dataset\.label_file_list: unknown key/],
    [
      {
        "Train.dataset": { name: "LMDBDataSet", data_dir: "d", ratio_list: [0.5], transforms: [{ DecodeImage: null }] },
      },
      /ratio_list: expected 1: an LMDBDataSet uses all of its samples/,
    ],
    [{ "Train.dataset.ds_width": true }, /ds_width: only a MultiScaleDataSet makes widths follow/],
    [{ "Train.sampler": { name: "MultiScaleSampler" } }, /Train\.sampler\.scales: missing/],
    [{ "Train.sampler": { name: "MultiscaleSampler" } }, /Train\.sampler\.name: .*"MultiScaleSampler"\?/],
    [{ "Train.sampler": multiScale({ first_bs: 0 }) }, /Train\.sampler\.first_bs: expected at least 1/],
    [{ "Train.dataset.ratio_list": [1, 1] }, /ratio_list: expected one share for each label file/],
    [{ "Train.dataset.ratio_list": 1.5 }, /ratio_list: expected at most 1/],
    [{ "Train.dataset.transforms.0": { ColorJitter: null } }, /transforms\[0\]\.ColorJitter: unknown transform/],
    [{ [second]: { RecAug: { tia_prob: 1.5 } } }, /RecAug\.tia_prob: expected at most 1, found the number 1\.5/],
    [{ [second]: { RecAug: { crop_prob: -0.1 } } }, /RecAug\.crop_prob: expected at least 0, found the number -0\.1/],
    [
      { [second]: { RecAug: { hsv_aug_prop: 0.4 } } },
      /RecAug\.hsv_aug_prop: unknown key; did you mean "hsv_aug_prob"\?/,
    ],
    [{ [second]: { RecConAug: { prob: "often" } } }, /RecConAug\.prob: expected a number, found the text "often"/],
    [{ [second]: { RecConAug: { ext_data_num: 0 } } }, /RecConAug\.ext_data_num: expected at least 1/],
    [
      { [second]: { RecConAug: { image_shape: [3, 48, 320] } } },
      /RecConAug\.image_shape\[2\]: expected 3, found the number 320/,
    ],
    [{ [second]: { SVTRRecResizeImg: { image_shape: [48, 320] } } }, /SVTRRecResizeImg\.image_shape/],
    [{ [second]: { SVTRRecResizeImg: { image_shape: [3, 48, 320], eval_mode: true } } }, /eval_mode: unknown key/],
    [{ "Train.dataset.ext_op_transform_idx": 1.5 }, /ext_op_transform_idx: expected a whole number/],
    [{ "Train.loader.micro_batch_size": 64 }, /micro_batch_size: is larger than batch_size_per_card/],
    [{ "Global.eval_batch_step": [1] }, /eval_batch_step: expected a number of steps, or \[start, interval\]/],
    [{ "Global.use_space_char": "yes" }, 'Global.use_space_char: expected a boolean, found the text "yes"'],
  ];
  test.each(cases)("%j", (overrides, expected) => {
    const found = problems(distillation, overrides);
    expect(
      found.find((line) => (typeof expected === "string" ? line === expected : expected.test(line))),
      found.join("\n"),
    ).toBeDefined();
  });

  test("a section that is missing, and one that is unknown", () => {
    const text = distillation.replace("\nMetric:", "\nMetrics:");
    expect(problems(text)).toEqual([
      'Metrics: unknown section; did you mean "Metric"?',
      "Metric: the section is missing",
    ]);
  });
});

describe("problems between sections", () => {
  const cases: [Overrides, string | RegExp][] = [
    [
      { "Loss.loss_config_list.0": { DistillationDKDLoss: { weight: 1, model_name_pairs: pair, dis_head: "gtc" } } },
      /DistillationDKDLoss: reads the nrtr output, but the MultiHead of Student gives only ctc, sar/,
    ],
    [
      { "Loss.loss_config_list.0": { DistillationDKDLoss: { weight: 1, model_name_pairs: pair, dis_head: "ctc" } } },
      /dis_head is ctc, but this loss reads the nrtr output/,
    ],
    [{ [`${dml}.dis_head`]: "gtc" }, /reads the nrtr output, but the MultiHead of Teacher gives only ctc, sar/],
    [
      { "PostProcess.name": "DistillationNRTRLabelDecode" },
      /PostProcess: reads the nrtr output, but the MultiHead of Student/,
    ],
    [
      { "Train.dataset.transforms.3.KeepKeys.keep_keys.2": "label_gtc" },
      /makes "label_gtc"; MultiLabelEncode \(gtc_encode: NRTRLabelEncode\) would make it/,
    ],
    [
      { [`${dml}.model_name_pairs`]: ["Student", "Teachr"] },
      /model_name_pairs: there is no network "Teachr"; did you mean "Teacher"\?/,
    ],
    [{ [`${dml}.model_name_pairs`]: ["Student", "Student"] }, /is one network with itself/],
    [{ [`${ctc}.model_name_list`]: ["Pupil"] }, /model_name_list: there is no network "Pupil"/],
    [{ "PostProcess.model_name": ["Pupil"] }, /PostProcess\.model_name: there is no network "Pupil"/],
    [{ "PostProcess.model_name": ["Teacher"] }, /Metric\.key: "Student" is not decoded/],
    [{ "Metric.name": "RecMetric" }, /Metric\.(base_metric_name|key): unknown key/],
    [{ PostProcess: { name: "X" } }, /PostProcess\.name: unknown post-process/],
    [{ [`${ctc}.key`]: "backbone_out" }, /reads backbone_out, which is no ctc output/],
    [{ [`${ctc}.multi_head`]: false }, /multi_head is false, but Student has a MultiHead/],
    [{ [`${distance}.key`]: "head_out" }, /head_out of Student has the parts ctc and sar; this loss reads one tensor/],
    [
      { [`${student}.return_all_feats`]: false },
      /DistillationDistanceLoss: Student gives only head_out; backbone_out needs/,
    ],
    [
      { "Global.teacher_cache": "cache", "Global.teacher_cache_top_k": 5, [`${teacher}.freeze_params`]: true },
      "Global.teacher_cache_top_k: keeps probabilities of classes alone, and " +
        "Loss.loss_config_list[2].DistillationDistanceLoss reads backbone_out of Teacher itself",
    ],
    [{ [`${dml}.key`]: "neck_out" }, /dis_head is a part of head_out, but key is neck_out/],
    [
      { [`${student}.Head`]: ctcOnly, [`${student}.Neck`]: svtr },
      /reads the sar output, but the CTCHead of Student gives only ctc/,
    ],
    [{ [`${student}.Head`]: ctcOnly }, /Student\.Head: a CTCHead reads a sequence, but there is no Neck/],
    [{ [`${student}.Neck`]: svtr }, /Student\.Neck: a MultiHead reads the backbone's map/],
    [
      { [`${student}.Head.head_list.1.SARHead.max_text_length`]: 30 },
      /SARHead has max_text_length 30, but labels .* 25/,
    ],
    [
      { [`${student}.Head.head_list.1`]: { NRTRHead: { max_text_length: 30 } } },
      /NRTRHead has max_text_length 30, but labels .* 25/,
    ],
    [
      {
        [`${student}.Head.head_list.1`]: { NRTRHead: { nrtr_dim: 64 } },
        "Loss.loss_config_list": [{ DistillationCTCLoss: { weight: 1, model_name_list: "Student" } }],
      },
      /Train.*has to hold the label of the nrtr output \(MultiLabelEncode \(gtc_encode: NRTRLabelEncode\) makes label_gtc\)/,
    ],
    [
      { [`${student}.Backbone`]: lcnet },
      /160 wide makes Student pool 1 columns into one in training, but 2 in evaluation/,
    ],
    [
      { [`${student}.Backbone.scale`]: 0.5 },
      /backbone_out is \[batch, 512, 1, 40\] in Student and \[batch, 256, 1, 40\] in Teacher; name an adapter/,
    ],
    [
      { [`${student}.Backbone.scale`]: 0.5, [`${distance}.adapter`]: { type: "linear" } },
      /the adapter linear changes only the width of sequences/,
    ],
    [
      { [`${student}.Backbone.last_conv_stride`]: 2 },
      /head_out\.ctc is \[batch, 20, classes\] in Student and \[batch, 40, classes\]/,
    ],
    [{ [`${student}.freeze_params`]: true, [`${teacher}.freeze_params`]: true }, /every network is frozen/],
    [
      { "Train.dataset.transforms.0": { MultiLabelEncode: null } },
      /Train\.dataset\.transforms\[0\]: the first transform has to be DecodeImage/,
    ],
    [{ "Train.dataset.transforms.3": { MultiLabelEncode: null } }, /the last transform has to be KeepKeys/],
    [
      { "Train.dataset.transforms.1": { CTCLabelEncode: null } },
      /keep_keys\[1\]: no transform before it makes "label_ctc"; MultiLabelEncode or MultiLabelEncode \(gtc_encode: NRTRLabelEncode\) would/,
    ],
    [{ "Train.dataset.transforms.3.KeepKeys.keep_keys.2": "imge" }, /makes "imge"; no transform makes it/],
    [
      { "Train.dataset.transforms.3.KeepKeys.keep_keys": ["image", "label_ctc", "length", "valid_ratio"] },
      /has to hold the label of the sar output \(MultiLabelEncode makes label_sar/,
    ],
    [
      { "Train.dataset.transforms.3.KeepKeys.keep_keys": ["image", "label_ctc", "label_sar", "length"] },
      /has to hold valid_ratio/,
    ],
    [{ "Eval.dataset.transforms.3.KeepKeys.keep_keys": ["image", "length"] }, /Eval.*label of the ctc output/],
    [
      { "Eval.dataset.transforms.2.RecResizeImg.image_shape": [3, 32, 160] },
      /pictures are 32 high here, but 48 in Train/,
    ],
    [
      { "Train.dataset.transforms.2.RecResizeImg.image_shape": [3, 96, 160] },
      /96 high and 160 wide leaves Teacher 3 rows, but its neck takes one/,
    ],
    [{ "Train.dataset.transforms.2.RecResizeImg.image_shape": [3, 16, 160] }, /too small for the backbone/],
    [{ "Train.dataset.transforms.2": { MultiLabelEncode: null } }, /RecResizeImg does/],
    [{ "Train.sampler": multiScale() }, /Train\.sampler: only a MultiScaleDataSet in Train takes a sampler/],
    [{ "Train.dataset.name": "MultiScaleDataSet" }, /Train\.sampler: missing; a MultiScaleDataSet has the sizes/],
    [multiScaleSet, /transforms\[2\]\.RecResizeImg: the sampler says the sizes/],
    [
      { ...multiScaleSet, "Eval.dataset.name": "MultiScaleDataSet" },
      /Eval\.dataset\.name: evaluation reads every line/,
    ],
    [
      { ...multiScaleSet, ...unsized, "Train.sampler": multiScale({ scales: [[160, 64]] }) },
      /64 high and 160 wide leaves Teacher 2 rows, but its neck takes one/,
    ],
    [
      { ...multiScaleSet, ...unsized, "Train.sampler": multiScale({ scales: [[160, 32]] }) },
      /pictures are 48 high here, but 32 in Train/,
    ],
    [
      { ...multiScaleSet, ...unsized, "Train.sampler": multiScale({ scales: [[160, 8]] }) },
      /Train\.sampler\.scales\[0\]: is smaller than divided_factor \[8, 16\]/,
    ],
    [
      training({ RecAug: null }, encode, { RecConAug: null }, resize),
      /transforms\[3\]\.RecConAug: changes what MultiLabelEncode reads, so it has to stand before it/,
    ],
    [training(encode, resize, { RecAug: null }), /transforms\[3\]\.RecAug: changes what RecResizeImg reads/],
    [
      training({ RecConAug: null }, encode, resize),
      /ext_op_transform_idx: expected at least 1 and at most 1, .*; missing, which means 2$/,
    ],
    [
      { ...training({ RecConAug: null }, encode, resize), "Train.dataset.ext_op_transform_idx": 0 },
      /ext_op_transform_idx: .*; found the number 0$/,
    ],
    [
      { ...training({ RecAug: null }, { RecConAug: null }, encode, resize), "Train.dataset.ext_op_transform_idx": 3 },
      /at most 2, .*; found the number 3$/,
    ],
    [
      { "Train.dataset.transforms.2.RecResizeImg.eval_mode": true },
      /eval_mode: pictures differ in width then, so batch_size_per_card has to be 1/,
    ],
    [
      { "Loss.loss_config_list.0": { DistillationDBLoss: { weight: 1, model_name_list: "Student" } } },
      /DistillationDBLoss: reads the maps output, but the MultiHead of Student gives only ctc, sar/,
    ],
    [
      { "Loss.loss_config_list.0": { DistillationDBLoss: { weight: 1, model_name_list: "Student", key: "head_out" } } },
      /reads head_out, which is no maps output; expected maps/,
    ],
    [{ [`${distance}.key`]: "maps" }, /DistillationDistanceLoss: reads the maps output, but the MultiHead/],
  ];
  test.each(cases)("%j", (overrides, expected) => {
    const found = problems(distillation, overrides);
    expect(
      found.find((line) => (typeof expected === "string" ? line === expected : expected.test(line))),
      found.join("\n"),
    ).toBeDefined();
  });

  test("a MultiScaleDataSet with its sampler has no problems", () => {
    expect(problems(distillation, { ...multiScaleSet, ...unsized })).toEqual([]);
  });

  test("losses and decoders for several networks need several, and the other way round", () => {
    const one = problems(alone, {
      Loss: { name: "CombinedLoss" },
      "Loss.loss_config_list": [{ DistillationCTCLoss: { weight: 1, model_name_list: "Student" } }],
      PostProcess: { name: "DistillationCTCLabelDecode", model_name: "Student" },
    });
    expect(
      one.some((line) => /DistillationCTCLoss needs several networks/.test(line)),
      one.join("\n"),
    ).toBe(true);
    expect(one).toContain("PostProcess.name: expected a decoder without Distillation: there is a single network");
    expect(one.some((line) => /Metric\.name: expected DistillationMetric/.test(line))).toBe(true);
    const several = problems(distillation, { "Loss.loss_config_list.0": { CTCLoss: { weight: 1 } } });
    expect(
      several.some((line) => /CTCLoss is for a single network/.test(line)),
      several.join("\n"),
    ).toBe(true);
  });
});

test("boxes and text have decoders and metrics of their own", () => {
  const boxes = problems(alone, { PostProcess: { name: "DBPostProcess" } });
  expect(boxes).toContain("PostProcess: reads the maps output, but the MultiHead of the network gives only ctc, sar");
  expect(boxes).toContain("Metric.name: expected DetMetric: the decoder finds boxes");
  const measured = alone.replace(/\nMetric:\n(?: .*\n)*/, "\nMetric: { name: DetMetric }\n");
  expect(problems(measured)).toEqual(["Metric.name: expected RecMetric: the decoder reads text"]);
});
