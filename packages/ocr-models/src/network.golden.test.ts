import { expect } from "vitest";
import { golden, goldenSuite } from "../../../fixtures/goldens.js";
import { RecognitionNetwork } from "./network.js";

goldenSuite("keys of a network", () => {
  golden(
    "model-rec-v3-student.safetensors",
    (g) => {
      const { classes, state_dict } = g.case as { classes: number; state_dict: Record<string, number[]> };
      const network = new RecognitionNetwork(
        {
          backbone: {
            name: "MobileNetV1Enhance",
            scale: 0.5,
            lastConvStride: [1, 2],
            lastPoolType: "avg",
            lastPoolKernelSize: [2, 2],
          },
          head: {
            name: "MultiHead",
            ctc: {
              neck: {
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
              },
              head: { fcDecay: 1e-5 },
            },
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
        },
        { ctc: classes, sar: classes + 2 },
      );
      const keys = [...network.stateDict()].map(([key, { shape }]) => [key, [...shape]]);
      expect(Object.fromEntries(keys)).toEqual(state_dict);
    },
    { unused: /./ },
  );
});
