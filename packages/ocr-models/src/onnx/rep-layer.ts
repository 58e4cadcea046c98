import { scope } from "@retort/tensor";
import type { RepLayer } from "../layers/rep-layer.js";
import { geometry } from "./convolution.js";
import type { OnnxGraph } from "./graph.js";

/**
 * Parallel branches as one convolution, with the scale and the offset of their sum in it, under the keys of the first
 * branch of the whole kernel.
 */
export function repLayer(graph: OnnxGraph, layer: RepLayer, x: string): string {
  const { conv_kxk, lab, act, options } = layer;
  const { kernel, stride, groups } = options;
  const [{ conv, bn }] = conv_kxk;
  const [scale, offset] = [lab.scale, lab.bias].map(({ value }) => Number(value.dataSync()[0]));
  const [weight, bias] = scope(() => {
    const fused = layer.fused();
    return [fused.weight.dataSync() as Float32Array, fused.bias.dataSync() as Float32Array];
  });
  const inputs = [
    x,
    graph.inPlaceOf(
      conv.weight,
      weight.map((value) => value * scale),
      conv.weight.shape,
    ),
    graph.inPlaceOf(
      bn.bias,
      bias.map((value) => value * scale + offset),
      bn.bias.shape,
    ),
  ];
  const shape = { stride, padding: Math.floor(kernel / 2), groups, kernel };
  const sum = graph.node("Conv", inputs, geometry(conv.weight.shape, shape));
  if (stride[0] === 2 && stride[1] === 2) return sum;
  const activated = graph.node("Mul", [graph.node("HardSwish", [sum]), graph.parameter(act.lab.scale)]);
  return graph.node("Add", [activated, graph.parameter(act.lab.bias)]);
}
