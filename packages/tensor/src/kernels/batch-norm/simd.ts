import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import type { View } from "../../device.js";
import { pullback } from "../../expr/differentiate.js";
import {
  type Double,
  type F32x4,
  type Float,
  type FunctionBuilder,
  f32,
  f32x4,
  f64,
  type Int,
  i32,
  type Kernel,
  kernel,
  type Local,
  type Pointer,
  ptr,
} from "../../wasm/index.js";
import { grainOf } from "../choice.js";
import { accumulators, forVectors, type Lanes, total } from "../lanes.js";
import { activationArguments, activationParams, type Epilogue, epilogue, perActivation } from "./activation.js";
import type { Activation, BatchNormCall, BatchNormGradCall, BatchNormInferenceCall } from "./call.js";

// One channel is one unit of work: it is read from the cache in the second and third pass over it.

/** Sums in float32 are this long before they go into a float64. */
const chunk = 1024;
const unroll = 4;

const layout = { images: i32, channels: i32, inner: i32 } as const;
type Layout = { readonly [K in keyof typeof layout]: Int };

/** Visits the rows of channel `c`, with the distance of a row from the start of the tensor in elements. */
function forRows(
  f: FunctionBuilder,
  c: Int,
  { images, channels, inner }: Layout,
  visit: (first: Local<Int>) => void,
): void {
  const first = f.local(c.mul(inner));
  f.times(images, () => {
    visit(first);
    first.advance(channels.mul(inner));
  });
}

/** Sums over a channel, in float64, of what `terms` gives for four elements of `arrays`; 0 for lanes behind the end. */
function channelSums(
  f: FunctionBuilder,
  c: Int,
  at: Layout,
  arrays: readonly Pointer[],
  sums: number,
  terms: (lanes: Lanes) => F32x4[],
): Local<Double>[] {
  const results = Array.from({ length: sums }, () => f.local(f64.of(0)));
  forRows(f, c, at, (first) => {
    f.forRange(
      0,
      at.inner,
      (begin) => {
        const partial = results.map(() => accumulators(f, unroll));
        const pointers = arrays.map((array) => array.at(first.add(begin)));
        const left = f.local(at.inner.sub(begin));
        const body = (lanes: Lanes): void => {
          for (const [k, term] of terms(lanes).entries()) {
            const sum = partial[k][lanes.turn];
            sum.set(sum.add(term));
          }
        };
        forVectors(f, f.local(left.min(chunk)), pointers, body, unroll);
        for (const [k, result] of results.entries()) result.set(result.add(f.sum(total(f, partial[k])).toDouble()));
      },
      chunk,
    );
  });
  return results;
}

/** y = activation((x - mean) * scale + beta) over a channel. */
function emitApply(
  f: FunctionBuilder,
  c: Int,
  at: Layout,
  { input, output }: { readonly input: Pointer; readonly output: Pointer },
  [mean, scale, beta]: readonly Float[],
  activate: Epilogue,
): void {
  const [m, s, b] = [mean, scale, beta].map((value) => f.local(f32x4.splat(value)));
  forRows(f, c, at, (first) => {
    const body = ({ load, store }: Lanes): void => store(1, activate(f, f.local(f.mulAdd(load(0).sub(m), s, b))));
    forVectors(f, at.inner, [input.at(first), output.at(first)], body, unroll);
  });
}

const forwardKernel = perActivation((expression) => {
  const params = {
    ...layout,
    input: ptr,
    gamma: ptr,
    beta: ptr,
    output: ptr,
    mean: ptr,
    variance: ptr,
    inverseStd: ptr,
    epsilon: f32,
  } as const;
  return kernel(
    "batchNorm",
    { ...params, ...activationParams(expression) } as typeof params,
    (f, p, { start, end }) => {
      const activate = epilogue(f, expression, p);
      const count = f.local(p.images.mul(p.inner).toFloat().toDouble());
      f.forRange(start, end, (c) => {
        const [sum] = channelSums(f, c, p, [p.input], 1, ({ load }) => [load(0)]);
        const mean = f.local(sum.div(count).toFloat());
        const centre = f.local(f32x4.splat(mean));
        const [squares] = channelSums(f, c, p, [p.input], 1, ({ load, only }) => {
          const d = f.local(only(load(0).sub(centre)));
          return [d.mul(d)];
        });
        const variance = f.local(squares.div(count).toFloat());
        const inverse = f.local(f32.of(1).div(variance.add(p.epsilon).sqrt()));
        f.store(p.mean.at(c), mean);
        f.store(p.variance.at(c), variance);
        f.store(p.inverseStd.at(c), inverse);
        emitApply(f, c, p, p, [mean, inverse.mul(p.gamma.at(c).load()), p.beta.at(c).load()], activate);
      });
    },
  );
});

const inferenceKernel = perActivation((expression) => {
  const params = {
    ...layout,
    input: ptr,
    gamma: ptr,
    beta: ptr,
    mean: ptr,
    variance: ptr,
    output: ptr,
    epsilon: f32,
  } as const;
  return kernel(
    "batchNormInference",
    { ...params, ...activationParams(expression) } as typeof params,
    (f, p, range) => {
      const activate = epilogue(f, expression, p);
      f.forRange(range.start, range.end, (c) => {
        const inverse = f32.of(1).div(p.variance.at(c).load().add(p.epsilon).sqrt());
        emitApply(f, c, p, p, [p.mean.at(c).load(), inverse.mul(p.gamma.at(c).load()), p.beta.at(c).load()], activate);
      });
    },
  );
});

const backwardKernel = perActivation((expression) => {
  const params = {
    ...layout,
    grad: ptr,
    input: ptr,
    mean: ptr,
    inverseStd: ptr,
    gamma: ptr,
    beta: ptr,
    inputGrad: ptr,
    gammaGrad: ptr,
    betaGrad: ptr,
  } as const;
  const derivative = expression && pullback(expression, expression.inputs[0]);
  return kernel(
    "batchNormGrad",
    { ...params, ...activationParams(expression) } as typeof params,
    (f, p, { start, end }) => {
      const activate = epilogue(f, derivative, p);
      const splat = (value: Float): Local<F32x4> => f.local(f32x4.splat(value));
      const count = f.local(p.images.mul(p.inner).toFloat());
      f.forRange(start, end, (c) => {
        const inverse = f.local(p.inverseStd.at(c).load());
        const scale = f.local(inverse.mul(p.gamma.at(c).load()));
        const [mean, factor] = [splat(p.mean.at(c).load()), splat(scale)];
        const beta = derivative && splat(p.beta.at(c).load());
        /** The gradient before the activation, kept in `inputGrad` for the second pass, and the distance from the mean. */
        const before = ({ load }: Lanes): [F32x4, Local<F32x4>] => {
          const [grad, distance] = [load(0), f.local(load(1).sub(mean))];
          if (beta === undefined) return [grad, distance];
          return [f.local(activate(f, grad, f.local(f.mulAdd(distance, factor, beta)))), distance];
        };
        const [sum, product] = channelSums(f, c, p, [p.grad, p.input, p.inputGrad], 2, (lanes) => {
          const [grad, distance] = before(lanes);
          if (derivative) lanes.store(2, grad);
          return [lanes.only(grad), lanes.only(grad.mul(distance))];
        });
        const gammaGrad = f.local(product.toFloat().mul(inverse));
        f.store(p.gammaGrad.at(c), gammaGrad);
        f.store(p.betaGrad.at(c), sum.toFloat());
        const meanGrad = splat(sum.toFloat().div(count));
        const slope = splat(gammaGrad.mul(inverse).div(count));
        forRows(f, c, p, (first) => {
          const body = (lanes: Lanes): void => {
            const [grad, distance] = [lanes.load(0), lanes.load(1).sub(mean)];
            lanes.store(2, grad.sub(meanGrad).sub(distance.mul(slope)).mul(factor));
          };
          forVectors(
            f,
            p.inner,
            [derivative ? p.inputGrad : p.grad, p.input, p.inputGrad].map((array) => array.at(first)),
            body,
            unroll,
          );
        });
      });
    },
  );
});

function run(
  chosen: Kernel,
  input: View,
  activation: Activation | undefined,
  args: Readonly<Record<string, number>>,
): void {
  const [images, channels, inner] = input.shape;
  const all = { images, channels, inner, ...activationArguments(activation), ...args };
  parallelFor(chosen, all, channels, grainOf(images * inner));
}

/** Batch normalization of contiguous float32. */
export function simdBatchNorm(call: BatchNormCall): void {
  const { input, gamma, beta, output, mean, variance, inverseStd, epsilon, activation } = call;
  run(forwardKernel(activation), input, activation, {
    input: addressOf(input),
    gamma: addressOf(gamma),
    beta: addressOf(beta),
    output: addressOf(output),
    mean: addressOf(mean),
    variance: addressOf(variance),
    inverseStd: addressOf(inverseStd),
    epsilon,
  });
}

/** Normalization of contiguous float32 with given statistics. */
export function simdBatchNormInference(call: BatchNormInferenceCall): void {
  const { input, gamma, beta, mean, variance, output, epsilon, activation } = call;
  run(inferenceKernel(activation), input, activation, {
    input: addressOf(input),
    gamma: addressOf(gamma),
    beta: addressOf(beta),
    mean: addressOf(mean),
    variance: addressOf(variance),
    output: addressOf(output),
    epsilon,
  });
}

/** Gradients of batch normalization of contiguous float32. */
export function simdBatchNormGrad(call: BatchNormGradCall): void {
  const { grad, input, mean, inverseStd, gamma, inputGrad, gammaGrad, betaGrad, activation } = call;
  run(backwardKernel(activation), input, activation, {
    grad: addressOf(grad),
    input: addressOf(input),
    mean: addressOf(mean),
    inverseStd: addressOf(inverseStd),
    gamma: addressOf(gamma),
    inputGrad: addressOf(inputGrad),
    gammaGrad: addressOf(gammaGrad),
    betaGrad: addressOf(betaGrad),
    beta: addressOf(activation?.beta ?? gamma),
  });
}
