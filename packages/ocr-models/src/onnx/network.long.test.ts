import { test } from "vitest";
import { expectSameInOnnx } from "../../testing/run-onnx.js";
import { randomNetwork, residualNetworks } from "../../testing/small-networks.js";

test.each(Object.entries(residualNetworks))("%s: the same in onnxruntime at two sizes and batches", (_, options) =>
  expectSameInOnnx(randomNetwork(options), [
    [1, 3, 32, 96],
    [2, 3, 64, 32],
  ]),
);
