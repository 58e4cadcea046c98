import { full, randomNormal, randomUniform, type Shape, sizeOf, type Tensor, tensor } from "@retort/tensor";
import { currentRandom } from "../randomness.js";

/** Makes the first value of a parameter. Draws from the current generator (`withRandom`). */
export type Initializer = (shape: Shape) => Tensor;

/** Every element `value`. */
export function constantInitializer(value: number): Initializer {
  return (shape) => full(shape, value);
}

/** Uniform between `low` and `high`; the device draws from a key of the current generator, and a blind one draws nothing. */
export function uniformInitializer(low: number, high: number): Initializer {
  return (shape) => randomUniform(shape, low, high, currentRandom().words(), 0);
}

/** Normal with mean 0 and standard deviation `std`, drawn as `uniformInitializer` draws. */
export function normalInitializer(std: number): Initializer {
  return (shape) => randomNormal(shape, 0, std, currentRandom().words(), 0);
}

/** Normal, drawn again outside of two standard deviations. */
export function truncatedNormalInitializer(std: number): Initializer {
  const draw = (): number => {
    const value = currentRandom().normal();
    return Math.abs(value) <= 2 ? value : draw();
  };
  return (shape) =>
    tensor(
      Float32Array.from({ length: sizeOf(shape) }, () => std * draw()),
      shape,
    );
}

/** Inputs and outputs of one element of a weight: linear [in, out], convolution [out, in / groups, kh, kw]. */
export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: sizeOf(shape), fanOut: sizeOf(shape) };
  const field = sizeOf(shape.slice(2));
  return shape.length === 2
    ? { fanIn: shape[0], fanOut: shape[1] }
    : { fanIn: shape[1] * field, fanOut: shape[0] * field };
}

/** Uniform within ±√(6 / (fan in + fan out)). Source: Glorot and Bengio 2010. */
export const xavierUniform: Initializer = (shape) => {
  const { fanIn, fanOut } = fans(shape);
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return uniformInitializer(-limit, limit)(shape);
};

/** Uniform within ±√(6 / fan in). Source: He et al. 2015. */
export const kaimingUniform: Initializer = (shape) => {
  const limit = Math.sqrt(6 / fans(shape).fanIn);
  return uniformInitializer(-limit, limit)(shape);
};

/** Normal with standard deviation √(2 / fan in). Source: He et al. 2015. */
export const kaimingNormal: Initializer = (shape) => normalInitializer(Math.sqrt(2 / fans(shape).fanIn))(shape);
