import { assertClose, gridOf, toTensor } from "@retort/autograd/testing";
import { FormatError, tensor } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import { runOnnx } from "../../testing/run-onnx.js";
import type { OnnxModel } from "./model.js";
import { readOnnx, writeOnnx } from "./model-file.js";

const weight = { dtype: "float32" as const, shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
/** Leaky x · weight, as [-1, 6]. */
const model: OnnxModel = {
  nodes: [
    { type: "MatMul", inputs: ["x", "weight"], outputs: ["product"], attributes: {} },
    { type: "LeakyRelu", inputs: ["product"], outputs: ["leaky"], attributes: { alpha: { float: 0.5 } } },
    { type: "Concat", inputs: ["leaky", "leaky"], outputs: ["twice"], attributes: { axis: { int: -1 } } },
    { type: "Constant", inputs: [], outputs: ["shape"], attributes: { value_ints: { ints: [-1, 6] } } },
    { type: "Reshape", inputs: ["twice", "shape"], outputs: ["flat"], attributes: {} },
    { type: "ReduceMax", inputs: ["flat"], outputs: ["y"], attributes: { axes: { ints: [0] }, keepdims: { int: 0 } } },
  ],
  initializers: new Map([["weight", weight]]),
  inputs: [{ name: "x", shape: ["batch", 2] }],
  outputs: [{ name: "y", shape: [6] }],
  metadata: new Map([["character", "a\n\u4e2d\n "]]),
};

test("onnxruntime computes what the operations say, for any batch", async () => {
  const bytes = writeOnnx(model);
  const one = await runOnnx(bytes, tensor([1, -1], [1, 2]));
  // [1, -1] · weight = [-3, -3, -3], leaky by a half
  assertClose(toTensor(one.y, "float32"), gridOf([-1.5, -1.5, -1.5, -1.5, -1.5, -1.5]), 0, "y");
  const two = await runOnnx(bytes, tensor([1, -1, 1, 0], [2, 2]));
  assertClose(toTensor(two.y, "float32"), gridOf([1, 2, 3, 1, 2, 3]), 0, "y");
});

test("texts and weights come back", () => {
  const { metadata, tensors } = readOnnx(writeOnnx(model));
  expect(metadata).toEqual(model.metadata);
  expect(tensors).toEqual(new Map([["weight", weight]]));
});

describe("errors", () => {
  test("a weight of another type is named", () => {
    const initializers = new Map([["half", { dtype: "float16" as const, shape: [1], data: new Uint16Array(1) }]]);
    expect(() => writeOnnx({ ...model, initializers })).toThrow('"half" is float16, expected float32');
  });

  test("what is no ONNX file is said to be none", () => {
    expect(() => readOnnx(new TextEncoder().encode("Architecture:\n"))).toThrow(FormatError);
    expect(() => readOnnx(new Uint8Array(0))).toThrow("no ONNX model: it has no graph");
  });

  test("a weight with too few numbers is named", () => {
    const short = new Map([["weight", { ...weight, shape: [3, 3] }]]);
    expect(() => readOnnx(writeOnnx({ ...model, initializers: short }))).toThrow(
      '"weight" has 6 numbers, its shape [3, 3] needs 9',
    );
  });
});
