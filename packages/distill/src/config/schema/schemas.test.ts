import { describe, expect, test } from "vitest";
import { backbone } from "./backbone.js";
import { check, type Schema } from "./build.js";
import { data } from "./data.js";
import { globalSection } from "./global.js";
import { head } from "./head.js";
import { loss } from "./loss.js";
import { ctcNeck, neck } from "./neck.js";
import { optimizer } from "./optimizer.js";
import { schedule } from "./schedule.js";

/** The value of a schema, which has to accept it. */
function read<T>(schema: Schema<T>, value: unknown): T {
  const result = check(schema, value);
  if (!result.success) throw new Error(result.error.issues.map((issue) => issue.message).join("; "));
  return result.data;
}

const lr = { name: "Const", learning_rate: 0.1 };

describe("defaults are those of the reference's constructors", () => {
  test("necks", () => {
    const svtr = { encoder: "svtr", dims: 64, depth: 2, hiddenDims: 120, useGuide: false, numHeads: 8, qkvBias: true };
    const rates = { mlpRatio: 2, dropRate: 0.1, attnDropRate: 0.1, kernelSize: [3, 3] };
    expect(read(ctcNeck, { name: "svtr" })).toEqual({ ...svtr, ...rates });
    const encoder = (encoder_type: string, more = {}) => ({ name: "SequenceEncoder", encoder_type, ...more });
    expect(read(neck, encoder("svtr"))).toEqual({ ...svtr, ...rates });
    expect(read(neck, encoder("rnn", { hidden_size: 64 }))).toEqual({ encoder: "rnn", hiddenSize: 64 });
    expect(read(neck, encoder("fc"))).toEqual({ encoder: "fc", hiddenSize: 48 });
    expect(read(neck, encoder("reshape"))).toEqual({ encoder: "reshape" });
  });

  test("backbones", () => {
    expect(read(backbone, { name: "PPLCNetV3" })).toEqual({
      name: "PPLCNetV3",
      scale: 1,
      convKxkNum: 4,
      lrMultList: [1, 1, 1, 1, 1, 1],
      labLr: 0.1,
    });
    const own = { name: "PPLCNetV3", scale: 0.5, lr_mult_list: [0, 1, 1, 1, 1, "5e-1"], last_pool_kernel_size: [3, 1] };
    expect(read(backbone, own)).toMatchObject({ lrMultList: [0, 1, 1, 1, 1, 0.5], lastPoolKernelSize: [3, 1] });
  });

  test("heads", () => {
    expect(read(head, { name: "CTCHead" })).toEqual({ name: "CTCHead", fcDecay: 0.0004, midChannels: undefined });
    expect(read(head, { name: "SARHead" })).toEqual({
      name: "SARHead",
      encDim: 512,
      dK: 512,
      maxTextLength: 30,
      encDropRnn: 0.1,
      decDropRnn: 0,
      predDropout: 0.1,
      predConcat: true,
    });
    const multi = { name: "MultiHead", head_list: [{ CTCHead: { Neck: { name: "reshape" } } }] };
    expect(read(head, multi)).toEqual({
      name: "MultiHead",
      ctc: { neck: { encoder: "reshape" }, head: { name: "CTCHead", fcDecay: 0.0004, midChannels: undefined } },
      sar: undefined,
    });
  });

  test("an NRTR branch", () => {
    const multi = (more = {}) => ({
      name: "MultiHead",
      head_list: [{ CTCHead: { Neck: { name: "reshape" } } }, { NRTRHead: null }],
      ...more,
    });
    const nrtr = { name: "NRTRHead", nrtrDim: 256, numDecoderLayers: 4, maxTextLength: 25, usePos: false };
    expect(read(head, multi())).toMatchObject({ nrtr });
    expect(read(head, multi({ use_pos: true }))).toMatchObject({ nrtr: { ...nrtr, usePos: true } });
  });

  test.each([
    [{ name: "SGD" }, { name: "SGD" }],
    [
      { name: "Momentum", momentum: 0.9 },
      { name: "Momentum", momentum: 0.9 },
    ],
    [{ name: "Adam" }, { name: "Adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }],
    [{ name: "RMSProp" }, { name: "RMSProp", momentum: 0, rho: 0.95, epsilon: 1e-6 }],
    [{ name: "Adadelta" }, { name: "Adadelta", rho: 0.95, epsilon: 1e-8 }],
    [
      { name: "AdamW", no_weight_decay_name: "norm  pos_embed", one_dim_param_no_weight_decay: true },
      {
        name: "AdamW",
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0.01,
        noWeightDecayNames: ["norm", "pos_embed"],
        oneDimParamNoWeightDecay: true,
      },
    ],
  ])("the optimizer %j", (section, algorithm) => {
    expect(read(optimizer, { ...section, lr })).toEqual({
      algorithm,
      schedule: { name: "Const", learningRate: 0.1, warmupEpoch: 0 },
      l2: 0,
      clip: undefined,
    });
  });

  test("L2 and each way of clipping", () => {
    const adam = { name: "Adam", lr, regularizer: { name: "L2", factor: "3e-5" } };
    expect(read(optimizer, adam).l2).toBe(3e-5);
    expect(read(optimizer, { ...adam, clip_norm: 2 }).clip).toEqual({ by: "norm", limit: 2 });
    expect(read(optimizer, { ...adam, clip_norm_global: 2 }).clip).toEqual({ by: "globalNorm", limit: 2 });
    expect(read(optimizer, { ...adam, clip_value: 2 }).clip).toEqual({ by: "value", limit: 2 });
    expect(check(optimizer, { ...adam, name: "AdamW" }).error?.issues[0].message).toContain(
      "takes the place of a regularizer",
    );
  });

  test.each([
    [
      { name: "Cosine", learning_rate: 1 },
      { name: "Cosine", learningRate: 1, warmupEpoch: 0 },
    ],
    [
      { name: "TwoStepCosine", learning_rate: 1 },
      { name: "TwoStepCosine", learningRate: 1, warmupEpoch: 0 },
    ],
    [
      { name: "Linear", learning_rate: 1, warmup_epoch: 2 },
      { name: "Linear", learningRate: 1, endLr: 0, power: 1, warmupEpoch: 2 },
    ],
    [
      { name: "Step", learning_rate: 1, step_size: 3, gamma: 0.5 },
      { name: "Step", learningRate: 1, stepSize: 3, gamma: 0.5, warmupEpoch: 0 },
    ],
    [
      { name: "Piecewise", decay_epochs: [7], values: [1, 0.1] },
      { name: "Piecewise", decayEpochs: [7], values: [1, 0.1], warmupEpoch: 0 },
    ],
    // Published with an epoch too many: the reference never comes to use it.
    [
      { name: "Piecewise", decay_epochs: [700, 800], values: [1, 0.1] },
      { name: "Piecewise", decayEpochs: [700], values: [1, 0.1], warmupEpoch: 0 },
    ],
    [
      { name: "MultiStepDecay", learning_rate: 1, milestones: [1, 2], gamma: 0.1 },
      { name: "MultiStepDecay", learningRate: 1, milestones: [1, 2], gamma: 0.1, warmupEpoch: 0 },
    ],
    [
      { name: "CyclicalCosine", learning_rate: 1, cycle: 4 },
      { name: "CyclicalCosine", learningRate: 1, cycle: 4, warmupEpoch: 0 },
    ],
    [
      { name: "OneCycle", max_lr: 1 },
      { name: "OneCycle", maxLr: 1, annealStrategy: "cos", threePhase: false, warmupEpoch: 0 },
    ],
    [
      { name: "LinearWarmupCosine", learning_rate: 1 },
      { name: "LinearWarmupCosine", learningRate: 1, warmupSteps: 5000, startLr: 1e-5, minLr: 1e-8 },
    ],
    [
      { name: "DecayLearningRate", learning_rate: 1 },
      { name: "DecayLearningRate", learningRate: 1, factor: 0.9 },
    ],
  ])("the schedule %j", (section, expected) => {
    expect(read(schedule, section)).toEqual(expected);
  });

  test("Global", () => {
    expect(read(globalSection, { epoch_num: 1, eval_batch_step: 5 })).toMatchObject({
      evalBatchStep: { start: 0, interval: 5 },
      logSmoothWindow: 20,
      printBatchStep: 10,
      maxTextLength: 25,
      useSpaceChar: false,
      seed: 1024,
    });
    expect(read(globalSection, { epoch_num: 1, eval_batch_step: [3000, 500] }).evalBatchStep).toEqual({
      start: 3000,
      interval: 500,
    });
  });

  test("data", () => {
    const dataset = { name: "SimpleDataSet", data_dir: "d", label_file_list: ["a", "b"], ratio_list: 0.5 };
    const transforms = [{ DecodeImage: null }, { KeepKeys: { keep_keys: ["image"] } }];
    const loader = { shuffle: true, batch_size_per_card: 2, drop_last: false, num_workers: 0 };
    expect(read(data, { dataset: { ...dataset, transforms }, loader }).dataset).toMatchObject({
      ratios: [0.5, 0.5],
      delimiter: "\t",
      transforms: [
        { name: "DecodeImage", imgMode: "RGB" },
        { name: "KeepKeys", keepKeys: ["image"] },
      ],
    });
  });

  test("augmentation", () => {
    const transforms = [
      { DecodeImage: null },
      { RecConAug: null },
      { RecAug: null },
      { RecResizeImg: { image_shape: [3, 48, 320] } },
      { SVTRRecResizeImg: { image_shape: [3, 48, 320] } },
      { KeepKeys: { keep_keys: ["image"] } },
    ];
    const dataset = { name: "SimpleDataSet", data_dir: "d", label_file_list: "a", transforms };
    const loader = { shuffle: true, batch_size_per_card: 2, drop_last: false, num_workers: 0 };
    const found = read(data, { dataset, loader }).dataset;
    expect(found.extOpTransformIdx).toBeUndefined();
    expect(found.transforms.slice(1, 5)).toEqual([
      { name: "RecConAug", prob: 0.5, imageShape: [32, 320, 3], maxTextLength: undefined, extDataNum: 1 },
      {
        name: "RecAug",
        tiaProb: 0.4,
        cropProb: 0.4,
        reverseProb: 0.4,
        noiseProb: 0.4,
        jitterProb: 0.4,
        blurProb: 0.4,
        hsvAugProb: 0.4,
      },
      { name: "RecResizeImg", imageShape: [3, 48, 320], padding: true, evalMode: false },
      { name: "SVTRRecResizeImg", imageShape: [3, 48, 320], padding: true },
    ]);
  });
});

describe("losses of a single network", () => {
  test("MultiLoss weights stand beside its list", () => {
    const list = [{ CTCLoss: { use_focal_loss: true } }, { SARLoss: null }];
    expect(read(loss, { name: "MultiLoss", loss_config_list: list, weight_2: 0.5 }).terms).toMatchObject([
      { kind: "CTCLoss", weight: 1, focal: true },
      { kind: "SARLoss", weight: 0.5 },
    ]);
    const wrong = check(loss, { name: "MultiLoss", loss_config_list: [{ CTCLoss: { weight: 1 } }] });
    expect(wrong.error?.issues[0].message).toContain("weight_1 and weight_2");
  });

  test("CTCLoss and SARLoss alone", () => {
    expect(read(loss, { name: "CTCLoss" })).toMatchObject({
      name: "CTCLoss",
      terms: [{ kind: "CTCLoss", weight: 1, focal: false }],
    });
    expect(read(loss, { name: "SARLoss" })).toMatchObject({ name: "SARLoss", terms: [{ kind: "SARLoss", weight: 1 }] });
  });
});
