import { expect, test } from "vitest";
import { expectSameInOnnx } from "../../testing/run-onnx.js";
import { detectionNetworks, randomNetwork, recognitionNetworks, sarAlone } from "../../testing/small-networks.js";
import { onnxOf } from "./network.js";

test.each(Object.entries(recognitionNetworks))("%s: the same in onnxruntime at two widths and batches", (_, options) =>
  expectSameInOnnx(randomNetwork(options), [
    [1, 3, 48, 96],
    [3, 3, 48, 168],
  ]),
);

test.each(Object.entries(detectionNetworks))("%s: the same in onnxruntime at two sizes and batches", (_, options) =>
  expectSameInOnnx(randomNetwork(options), [
    [1, 3, 32, 96],
    [2, 3, 64, 32],
  ]),
);

test("batch normalizations and parallel branches are gone, and training's heads with them", () => {
  const network = randomNetwork(recognitionNetworks["v4 with NRTR"]);
  const { nodes, initializers } = onnxOf(network, 48);
  const types = new Set(nodes.map(({ type }) => type));
  expect([...types].filter((type) => /Norm|Conv/.test(type)).sort()).toEqual(["Conv", "LayerNormalization"]);
  // The stem, 14 blocks of two layers, squeeze and excitation of two, the neck's five.
  expect(nodes.filter(({ type }) => type === "Conv")).toHaveLength(1 + 2 * 14 + 2 * 2 + 5);
  const keys = new Set(network.stateDict().keys());
  expect([...initializers.keys()].filter((name) => !keys.has(name) || /gtc/.test(name))).toEqual([]);
});

test("a network without a CTC head is refused", () => {
  expect(() => onnxOf(randomNetwork(sarAlone), 48)).toThrow("the network has no CTC head");
});
