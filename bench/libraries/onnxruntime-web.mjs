// onnxruntime-web on its WebAssembly backend. It runs networks, and trains none.
import { writeOnnx } from "@retort/ocr-models/onnx";
import { conv, gemm, numbers } from "./sizes.mjs";

export async function prepare({ load, threads }) {
  const ort = await load("onnxruntime-web");
  ort.env.wasm.numThreads = threads;

  /** A model of one operation on the value x and its weights. */
  async function operation(type, attributes, shape, weightShape) {
    const sizeOf = (dimensions) => dimensions.reduce((a, b) => a * b);
    const weights = { dtype: "float32", shape: weightShape, data: numbers(sizeOf(weightShape)) };
    const bytes = writeOnnx({
      nodes: [{ type, inputs: ["x", "w"], outputs: ["y"], attributes }],
      initializers: new Map([["w", weights]]),
      inputs: [{ name: "x", shape }],
      outputs: [{ name: "y", shape: shape.map((_, i) => `axis${i}`) }],
      metadata: new Map(),
    });
    const session = await ort.InferenceSession.create(bytes);
    const feeds = { x: new ort.Tensor("float32", numbers(sizeOf(shape)), shape) };
    return () => session.run(feeds);
  }
  return {
    gemm: () => operation("MatMul", {}, [gemm.size, gemm.size], [gemm.size, gemm.size]),
    conv() {
      const { batch, channels, size, kernel } = conv;
      const attributes = { pads: { ints: [1, 1, 1, 1] } };
      return operation("Conv", attributes, [batch, channels, size, size], [channels, channels, kernel, kernel]);
    },
  };
}
