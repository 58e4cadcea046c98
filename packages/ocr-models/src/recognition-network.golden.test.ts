import { expect } from "vitest";
import { type Golden, golden, goldenSuite } from "../../../fixtures/goldens.js";
import { RecognitionNetwork, type RecognitionOptions } from "./recognition-network.js";

const svtr = {
  encoder: "svtr",
  dims: 64,
  depth: 2,
  hiddenDims: 120,
  useGuide: true,
  numHeads: 8,
  qkvBias: true,
  mlpRatio: 2,
  dropRate: 0.1,
  attnDropRate: 0.1,
  kernelSize: [3, 3],
} as const;

const v3: RecognitionOptions = {
  backbone: {
    name: "MobileNetV1Enhance",
    scale: 0.5,
    lastConvStride: [1, 2],
    lastPoolType: "avg",
    lastPoolKernelSize: [2, 2],
  },
  head: {
    name: "MultiHead",
    ctc: { neck: svtr, head: { fcDecay: 1e-5 } },
    sar: {
      encDim: 512,
      dK: 512,
      maxTextLength: 25,
      encDropRnn: 0.1,
      decDropRnn: 0,
      predDropout: 0.1,
      predConcat: true,
    },
  },
};

const v4: RecognitionOptions = {
  backbone: { name: "PPLCNetV3", scale: 0.95, convKxkNum: 4, lrMultList: [1, 1, 1, 1, 1, 1], labLr: 0.1 },
  head: {
    name: "MultiHead",
    ctc: { neck: { ...svtr, dims: 120, kernelSize: [1, 3] }, head: { fcDecay: 1e-5 } },
    nrtr: { nrtrDim: 384, numDecoderLayers: 4, maxTextLength: 25, usePos: false },
  },
};

function expectKeys(g: Golden, options: RecognitionOptions): void {
  const { classes, state_dict } = g.case as { classes: number; state_dict: Record<string, number[]> };
  const network = new RecognitionNetwork(options, { ctc: classes, sar: classes + 2, nrtr: classes + 3 });
  const keys = [...network.stateDict()].map(([key, { shape }]) => [key, [...shape]]);
  expect(Object.fromEntries(keys)).toEqual(state_dict);
}

goldenSuite("keys of a network", () => {
  golden("model-rec-v3-student.safetensors", (g) => expectKeys(g, v3), { unused: /./ });
  golden("model-rec-v4-student.safetensors", (g) => expectKeys(g, v4), { unused: /./ });
});
