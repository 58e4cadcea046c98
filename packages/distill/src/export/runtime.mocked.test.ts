import { writeOnnx } from "@retort/ocr-models/onnx";
import { tensor, zeros } from "@retort/tensor";
import { afterEach, expect, test, vi } from "vitest";
import { hasRuntime, openSession, requireRuntime } from "./runtime.js";

/** The sum of x and one, of maps with three channels. */
const model = writeOnnx({
  nodes: [{ type: "Add", inputs: ["x", "one"], outputs: ["y"], attributes: {} }],
  initializers: new Map([["one", { dtype: "float32", shape: [1], data: Float32Array.of(1) }]]),
  inputs: [{ name: "x", shape: ["batch", 3, 1, 1] }],
  outputs: [{ name: "y", shape: ["batch", 3, 1, 1] }],
  metadata: new Map(),
});

afterEach(() => {
  vi.doUnmock("onnxruntime-node");
  vi.resetModules();
});

test("a model runs on images", async () => {
  const session = await openSession(model, "add.onnx");
  const output = await session.run(tensor([1, 2, 3], [1, 3, 1, 1]));
  expect([output.shape, [...output.dataSync()]]).toEqual([
    [1, 3, 1, 1],
    [2, 3, 4],
  ]);
  await expect(session.run(zeros([1, 2, 1, 1]))).rejects.toThrow(
    "add.onnx: onnxruntime cannot run it on 1 x 2 x 1 x 1",
  );
  await session.close();
});

test("what is no model is named", () =>
  expect(openSession(new Uint8Array(5), "broken.onnx")).rejects.toThrow("broken.onnx: onnxruntime cannot load it"));

test("without onnxruntime-node it is said how to install it", async () => {
  expect(await hasRuntime()).toBe(true);
  vi.doMock("onnxruntime-node", () => {
    throw new Error("Cannot find package 'onnxruntime-node'");
  });
  await expect(requireRuntime()).rejects.toThrow("npm install onnxruntime-node");
  expect(await hasRuntime()).toBe(false);
});
