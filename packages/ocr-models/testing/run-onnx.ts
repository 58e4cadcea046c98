import { noGrad } from "@retort/autograd";
import { assertClose, type Grid, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import type { Shape, Tensor } from "@retort/tensor";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { expect } from "vitest";
import { featureOf } from "../src/features.js";
import type { Network } from "../src/networks.js";
import { writeOnnx } from "../src/onnx/model-file.js";
import { onnxOf } from "../src/onnx/network.js";

/** What onnxruntime computes with an ONNX file of one input `x`: every output by name. */
export async function runOnnx(model: Uint8Array, x: Tensor): Promise<Record<string, Grid>> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const outputs = await session.run({ x: new OrtTensor("float32", x.dataSync() as Float32Array, [...x.shape]) });
  await session.release();
  const named = Object.entries(outputs).map(([name, { data, dims }]) => [name, gridOf(data as Float32Array, dims)]);
  return Object.fromEntries(named) as Record<string, Grid>;
}

/** onnxruntime gives what the network gives, for images of each of these shapes. */
export async function expectSameInOnnx(network: Network, shapes: readonly Shape[]): Promise<void> {
  const bytes = writeOnnx(onnxOf(network, 48));
  for (const [seed, shape] of shapes.entries()) {
    const images = toTensor(randomGrid(shape, { seed: seed + 1, low: -1, high: 1 }), "float32");
    const [[name, found], ...others] = Object.entries(await runOnnx(bytes, images));
    expect(others).toEqual([]);
    noGrad(() => {
      const own = featureOf(network.forward(images), name === "maps" ? "maps" : "head_out").value;
      const values = own.dataSync();
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.01);
      assertClose(own, found, 1e-4, name);
    });
  }
}
