import { withRandom } from "@retort/autograd";
import { Random } from "@retort/tensor";
import { makeNetwork, type Network, type NetworkOptions } from "../src/networks.js";
import { perturbed } from "./perturbed.js";

const mobile = {
  name: "MobileNetV1Enhance",
  scale: 0.25,
  lastConvStride: [1, 2],
  lastPoolType: "avg",
  lastPoolKernelSize: [2, 2],
} as const;
const lcnet = { name: "PPLCNetV3", scale: 0.25, convKxkNum: 2, lrMultList: [1, 1, 1, 1, 1, 1], labLr: 0.1 } as const;
const svtr = {
  encoder: "svtr",
  dims: 12,
  depth: 2,
  hiddenDims: 16,
  useGuide: true,
  numHeads: 2,
  qkvBias: true,
  mlpRatio: 2,
  dropRate: 0.1,
  attnDropRate: 0.1,
  kernelSize: [3, 3],
} as const;
const sar = {
  encDim: 8,
  dK: 8,
  maxTextLength: 4,
  encDropRnn: 0.1,
  decDropRnn: 0,
  predDropout: 0.1,
  predConcat: true,
} as const;
const nrtr = { nrtrDim: 32, numDecoderLayers: 1, maxTextLength: 5, usePos: false } as const;
const ctc = { name: "CTCHead", fcDecay: 1e-5 } as const;
/** Options of the parts that these networks are made of. */
export const parts = { mobile, lcnet, svtr, sar, nrtr } as const;

const multi = { name: "MultiHead", ctc: { neck: svtr, head: { fcDecay: 1e-5 } } } as const;
const rec = { modelType: "rec" } as const;

/** Small networks that have, together, every part that a recognition network can have. */
export const recognitionNetworks = {
  "v3 with SAR": { ...rec, backbone: mobile, head: { ...multi, sar } },
  "v4 with NRTR": { ...rec, backbone: lcnet, head: { ...multi, nrtr } },
  "v4 with a pool of its own": { ...rec, backbone: { ...lcnet, lastPoolKernelSize: [3, 1] }, head: multi },
  "v2: LSTM and two linear layers": {
    ...rec,
    backbone: { ...mobile, lastConvStride: [1, 1], lastPoolType: "max" },
    neck: { encoder: "rnn", hiddenSize: 5 },
    head: { ...ctc, midChannels: 6 },
  },
  "one linear layer": { ...rec, backbone: mobile, neck: { encoder: "fc", hiddenSize: 5 }, head: ctc },
  "the map itself": { ...rec, backbone: mobile, neck: { encoder: "reshape" }, head: ctc },
  "svtr without bias of its attention": { ...rec, backbone: mobile, neck: { ...svtr, qkvBias: false }, head: ctc },
} satisfies Record<string, NetworkOptions>;

/** A network whose only head is a SAR head. */
export const sarAlone: NetworkOptions = { ...rec, backbone: mobile, head: { name: "SARHead", ...sar } };

const det = { modelType: "det", head: { name: "DBHead", k: 50, kernelList: [3, 2, 2], fixNan: false } } as const;
const large = { name: "MobileNetV3", modelName: "large", scale: 0.35, disableSe: false } as const;
const small = { ...large, modelName: "small" } as const;
const dbFpn = { name: "DBFPN", outChannels: 16 } as const;
const rseFpn = { name: "RSEFPN", outChannels: 16, shortcut: true, intracl: false } as const;
const lkPan = { name: "LKPAN", outChannels: 16, mode: "lite", intracl: false } as const;

/** Networks that have, together, every part that a detection network can have but residual backbones. */
export const detectionNetworks = {
  "large MobileNetV3, DBFPN": { ...det, backbone: large, neck: dbFpn },
  "small MobileNetV3 without squeeze, RSEFPN": { ...det, backbone: { ...small, disableSe: true }, neck: rseFpn },
  "PPLCNetV3, RSEFPN without shortcut": { ...det, backbone: lcnet, neck: { ...rseFpn, shortcut: false } },
  "small MobileNetV3, large LKPAN with IntraCL": {
    ...det,
    backbone: small,
    neck: { ...lkPan, mode: "large", intracl: true },
  },
  "small MobileNetV3, RSEFPN with IntraCL": { ...det, backbone: small, neck: { ...rseFpn, intracl: true } },
} satisfies Record<string, NetworkOptions>;

/** Detection networks with residual backbones, which are never small. */
export const residualNetworks = {
  "ResNet_vd 18, LKPAN, kernels of the teacher": {
    ...det,
    backbone: { name: "ResNet_vd", layers: 18 },
    neck: lkPan,
    head: { ...det.head, kernelList: [7, 2, 2] },
  },
  "bottlenecks of ResNet_vd 50": { ...det, backbone: { name: "ResNet_vd", layers: 50 }, neck: dbFpn },
} satisfies Record<string, NetworkOptions>;

/** A network in evaluation, with weights, offsets, gains and statistics at random. */
export function randomNetwork(options: NetworkOptions, seed = 1): Network {
  const network = withRandom(new Random(seed), () => makeNetwork(options, { ctc: 7, sar: 9, nrtr: 10 }));
  return perturbed(network, seed).eval();
}
