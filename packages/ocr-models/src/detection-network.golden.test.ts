import { noGrad } from "@retort/autograd";
import { type Tensor, tensor } from "@retort/tensor";
import { expect } from "vitest";
import { expectWithinMax, fill, type Golden, golden, goldenSuite, thinned } from "../../../fixtures/goldens.js";
import { DetectionNetwork, type DetectionOptions } from "./detection-network.js";

const head = { name: "DBHead", k: 50, kernelList: [3, 2, 2], fixNan: false } as const;
const neck = { name: "RSEFPN", outChannels: 96, shortcut: true, intracl: false } as const;

const v3Student: DetectionOptions = {
  backbone: { name: "MobileNetV3", modelName: "large", scale: 0.5, disableSe: true },
  neck,
  head,
};
const v4Student: DetectionOptions = {
  backbone: { name: "PPLCNetV3", scale: 0.75, convKxkNum: 4, lrMultList: [1, 1, 1, 1, 1, 1], labLr: 0.1 },
  neck,
  head,
};
const teacher: DetectionOptions = {
  backbone: { name: "ResNet_vd", layers: 50 },
  neck: { name: "LKPAN", outChannels: 256, mode: "large", intracl: false },
  head: { ...head, kernelList: [7, 2, 2] },
};

/** A network under the reference's keys, which begin with `prefix`, with the reference's weights. */
function networkOf(g: Golden, options: DetectionOptions, prefix: string): DetectionNetwork {
  const { state_dict, salt } = g.case as { state_dict: Record<string, number[]>; salt: number };
  const network = new DetectionNetwork(options);
  const wanted = Object.entries(state_dict).filter(([key]) => key.startsWith(prefix));
  const found = [...network.stateDict()].map(([key, { shape }]) => [prefix + key, [...shape]]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  const weights = wanted.map(([key, shape]): [string, Tensor] => {
    return [key.slice(prefix.length), tensor(fill(key, shape, salt), shape)];
  });
  network.loadStateDict(new Map(weights));
  return network;
}

/** Holds keys, shapes and evaluated maps of some networks against the reference's; one alone has the empty name. */
function expectMaps(g: Golden, networks: Readonly<Record<string, DetectionOptions>>): void {
  const { data, shape } = g.floats("in.0");
  for (const [name, options] of Object.entries(networks)) {
    const prefix = name === "" ? "" : `${name}.`;
    const network = networkOf(g, options, prefix);
    const { maps } = noGrad(() => network.eval().forward(tensor(data, shape)));
    expectWithinMax(thinned(maps.value.dataSync() as Float32Array), g.floats(`eval.${prefix}maps`).data, 1e-4, name);
  }
}

// Training magnifies rounding; packages/distill holds its maps, gradients and losses against the reference's.
const options = { unused: /^(in\.[1-4]$|train\.|grad\.|after\.)/, timeout: 120_000 };

goldenSuite("maps of detection networks", () => {
  golden("model-det-v3-student.safetensors", (g) => expectMaps(g, { "": v3Student }), options);
  golden("model-det-v3-dml.safetensors", (g) => expectMaps(g, { Student: teacher, Student2: teacher }), options);
  const v3 = { Student: v3Student, Student2: v3Student, Teacher: teacher };
  golden("model-det-v3-cml.safetensors", (g) => expectMaps(g, v3), options);
  const v4 = { Student: v4Student, Student2: v4Student, Teacher: teacher };
  golden("model-det-v4-cml.safetensors", (g) => expectMaps(g, v4), options);
});
