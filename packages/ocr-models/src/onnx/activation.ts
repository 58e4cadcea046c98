import type { BatchNorm } from "@retort/autograd/nn";
import { type Expression, expressions } from "@retort/tensor";
import type { OnnxGraph } from "./graph.js";

/** What activations are made of in ONNX. */
const activations: ReadonlyMap<Expression, (graph: OnnxGraph, x: string) => string> = new Map([
  [expressions.relu, (graph, x) => graph.node("Relu", [x])],
  [expressions.hardSwish, (graph, x) => graph.node("HardSwish", [x])],
  [expressions.swish, swish],
]);

/** x · sigmoid(x) */
export function swish(graph: OnnxGraph, x: string): string {
  return graph.node("Mul", [x, graph.node("Sigmoid", [x])]);
}

/** What a batch normalization does behind its scale and shift. @throws Error for an activation that the table lacks */
export function activationOf(graph: OnnxGraph, { activation }: BatchNorm, x: string): string {
  if (activation === undefined) return x;
  const write = activations.get(activation.expression);
  if (write === undefined) throw new Error("export: an activation behind a batch normalization has no form in ONNX");
  return write(graph, x);
}
