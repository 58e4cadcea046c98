import { type BatchNorm, type Conv2d, ConvTranspose2d } from "@retort/autograd/nn";
import { type Shape, scope, sizeOf } from "@retort/tensor";
import { activationOf } from "./activation.js";
import type { OnnxGraph } from "./graph.js";
import type { OnnxAttribute } from "./model.js";

type Layer = Conv2d | ConvTranspose2d;

const both = (value: number | readonly [number, number]): readonly number[] =>
  typeof value === "number" ? [value, value] : value;

/** The attributes of a convolution with this weight. */
export function geometry(weight: Shape, options: Layer["options"]): Record<string, OnnxAttribute> {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  return {
    kernel_shape: { ints: weight.slice(2) },
    strides: { ints: both(stride) },
    pads: { ints: [...both(padding), ...both(padding)] },
    dilations: { ints: both(dilation) },
    group: { int: groups },
  };
}

const typeOf = (layer: Layer): string => (layer instanceof ConvTranspose2d ? "ConvTranspose" : "Conv");

/** A convolution or transposed convolution as it is. */
export function convolution(graph: OnnxGraph, layer: Layer, x: string): string {
  const { weight, bias, options } = layer;
  const inputs = [x, graph.parameter(weight), ...(bias === undefined ? [] : [graph.parameter(bias)])];
  return graph.node(typeOf(layer), inputs, geometry(weight.shape, options));
}

/**
 * A convolution or transposed convolution (of one group) and the batch normalization behind it, as one convolution, and
 * what the normalization does behind that. The bias has the key of the normalization's bias.
 */
export function convolutionNorm(graph: OnnxGraph, layer: Layer, norm: BatchNorm, x: string): string {
  const { weight, options } = layer;
  const { scale, shift } = affineOf(norm);
  const outputs = layer instanceof ConvTranspose2d ? 1 : 0;
  const own = layer.bias?.value.dataSync();
  const inputs = [
    x,
    graph.inPlaceOf(weight, scaled(weight.value.dataSync(), weight.shape, scale, outputs), weight.shape),
    graph.inPlaceOf(
      norm.bias,
      shift.map((offset, channel) => offset + (own === undefined ? 0 : Number(own[channel]) * scale[channel])),
      norm.bias.shape,
    ),
  ];
  return activationOf(graph, norm, graph.node(typeOf(layer), inputs, geometry(weight.shape, options)));
}

function affineOf(norm: BatchNorm): { scale: Float32Array; shift: Float32Array } {
  const [scale, shift] = scope(() => {
    const affine = norm.scaleAndShift();
    return [affine.scale.dataSync() as Float32Array, affine.shift.dataSync() as Float32Array];
  });
  return { scale, shift };
}

/** Values of this shape, each times the factor of its place on `axis`. */
function scaled(values: ArrayLike<number>, shape: Shape, factors: Float32Array, axis: number): Float32Array {
  const inner = sizeOf(shape.slice(axis + 1));
  return Float32Array.from(values, (value, i) => value * factors[Math.floor(i / inner) % shape[axis]]);
}
