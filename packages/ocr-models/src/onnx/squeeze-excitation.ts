import type { SqueezeExcitation } from "../layers/squeeze-excitation.js";
import { convolution } from "./convolution.js";
import type { OnnxGraph } from "./graph.js";

/** The channels of a map weighed by their averages. */
export function squeezeExcitation(graph: OnnxGraph, { conv1, conv2, slope }: SqueezeExcitation, x: string): string {
  const inner = graph.node("Relu", [convolution(graph, conv1, graph.node("GlobalAveragePool", [x]))]);
  const weights = graph.node("HardSigmoid", [convolution(graph, conv2, inner)], {
    alpha: { float: slope },
    beta: { float: 0.5 },
  });
  return graph.node("Mul", [x, weights]);
}
