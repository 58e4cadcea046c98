import { noGrad } from "@retort/autograd";
import { assertClose, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import { tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { detectionNetworks, randomNetwork, recognitionNetworks } from "../../testing/small-networks.js";
import { featureOf } from "../features.js";
import type { NetworkOptions } from "../networks.js";
import { foldedState } from "./folded-state.js";
import { readOnnx, writeOnnx } from "./model-file.js";
import { onnxOf } from "./network.js";

test.each<[string, NetworkOptions, RegExp | undefined]>([
  ["v3 with SAR", recognitionNetworks["v3 with SAR"], /^head\.sar_head\./],
  ["v4 with NRTR", recognitionNetworks["v4 with NRTR"], /^head\.(gtc_head|before_gtc)\./],
  ["v2 with LSTM", recognitionNetworks["v2: LSTM and two linear layers"], undefined],
  ["detection with LKPAN", detectionNetworks["small MobileNetV3, large LKPAN with IntraCL"], /^head\.thresh\./],
  ["detection with PPLCNetV3", detectionNetworks["PPLCNetV3, RSEFPN without shortcut"], /^head\.thresh\./],
])("another network with the constants of the file reads as the first: %s", (_name, options, leftOut) => {
  const [first, second] = [randomNetwork(options, 1), randomNetwork(options, 2)];
  const { tensors } = readOnnx(writeOnnx(onnxOf(first, 48)));
  const state = [...foldedState(second, tensors)].map(
    ([key, { data, shape }]) => [key, tensor(data as Float32Array, shape)] as const,
  );
  const differences = second.loadStateDict(new Map(state), { strict: false });
  const missing = differences.filter(({ problem }) => problem === "missing").map(({ key }) => key);
  if (leftOut === undefined) expect(missing).toEqual([]);
  else {
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.filter((key) => !leftOut.test(key))).toEqual([]);
  }
  expect(differences.filter(({ problem }) => problem !== "missing")).toEqual([]);

  const feature = options.modelType === "rec" ? "head_out" : "maps";
  const shape = options.modelType === "rec" ? [2, 3, 48, 96] : [2, 3, 64, 32];
  const images = toTensor(randomGrid(shape, { low: -1, high: 1 }), "float32");
  noGrad(() => {
    const [wanted, found] = [first, second].map((network) => featureOf(network.forward(images), feature).value);
    assertClose(found, gridOf(wanted.dataSync(), wanted.shape), 1e-4, feature);
  });
});
