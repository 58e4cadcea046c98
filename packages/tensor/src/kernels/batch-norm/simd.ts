import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import type { View } from "../../device.js";
import { pullback } from "../../expr/differentiate.js";
import {
  type F32x4,
  type Float,
  type FunctionBuilder,
  f32,
  f32x4,
  type Int,
  type Kernel,
  kernel,
  type Local,
  type Pointer,
  ptr,
} from "../../wasm/index.js";
import { grainOf } from "../choice.js";
import { forVectors, type Lanes } from "../lanes.js";
import { activationArguments, activationParams, type Epilogue, epilogue, perActivation } from "./activation.js";
import type { Activation, BatchNormCall, BatchNormGradCall, BatchNormInferenceCall } from "./call.js";
import {
  channelSums,
  forGroups,
  forRows,
  type Group,
  groupOf,
  type Layout,
  layout,
  scratchBytes,
  unroll,
} from "./channels.js";

/** y = activation((x - mean) * scale + beta) over the channels of a group. */
function emitApply(
  f: FunctionBuilder,
  group: Group,
  at: Layout,
  { input, output }: { readonly input: Pointer; readonly output: Pointer },
  constants: (c: Int) => readonly [mean: Float, scale: Float, beta: Float],
  activate: Epilogue,
): void {
  forRows(f, group, at, (c, row) => {
    const [m, s, b] = constants(c).map((value) => f.local(f32x4.splat(value)));
    const body = ({ load, store }: Lanes): void => store(1, activate(f, f.local(f.mulAdd(load(0).sub(m), s, b))));
    forVectors(f, at.inner, [input.at(row), output.at(row)], body, unroll);
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
    (f, p, { start, end, scratch }) => {
      const activate = epilogue(f, expression, p);
      const count = f.local(p.images.mul(p.inner).toFloat().toDouble());
      forGroups(f, p, { start, end }, (group) => {
        const { first, end: last } = group;
        const sums = channelSums(
          f,
          group,
          p,
          [p.input],
          1,
          () =>
            ({ load }) => [load(0)],
          scratch,
        );
        f.forRange(first, last, (c) => f.store(p.mean.at(c), sums(c)[0].div(count).toFloat()));
        const distances = (c: Int) => {
          const centre = f.local(p.mean.at(c).splat());
          return ({ load, only }: Lanes): F32x4[] => {
            const d = f.local(only(load(0).sub(centre)));
            return [d.mul(d)];
          };
        };
        const squares = channelSums(f, group, p, [p.input], 1, distances, scratch);
        f.forRange(first, last, (c) => {
          const variance = f.local(squares(c)[0].div(count).toFloat());
          f.store(p.variance.at(c), variance);
          f.store(p.inverseStd.at(c), f32.of(1).div(variance.add(p.epsilon).sqrt()));
        });
        const constants = (c: Int) => {
          const [mean, inverse, gamma, beta] = [p.mean, p.inverseStd, p.gamma, p.beta].map((of) => of.at(c).load());
          return [mean, inverse.mul(gamma), beta] as const;
        };
        emitApply(f, group, p, p, constants, activate);
      });
    },
    { scratchBytes },
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
      const constants = (c: Int) => {
        const [mean, variance, gamma, beta] = [p.mean, p.variance, p.gamma, p.beta].map((of) => of.at(c).load());
        return [mean, f32.of(1).div(variance.add(p.epsilon).sqrt()).mul(gamma), beta] as const;
      };
      forGroups(f, p, range, (group) => emitApply(f, group, p, p, constants, activate));
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
    (f, p, { start, end, scratch }) => {
      const activate = epilogue(f, derivative, p);
      const splat = (value: Float): Local<F32x4> => f.local(f32x4.splat(value));
      const count = f.local(p.images.mul(p.inner).toFloat());
      const scaleOf = (c: Int): Float => p.inverseStd.at(c).load().mul(p.gamma.at(c).load());
      /** The gradient before the activation, kept in `inputGrad` for the second pass, and it times the distance from the mean. */
      const products = (c: Int) => {
        const mean = f.local(p.mean.at(c).splat());
        const [factor, beta] = derivative ? [splat(scaleOf(c)), f.local(p.beta.at(c).splat())] : [];
        return (lanes: Lanes): F32x4[] => {
          const distance = f.local(lanes.load(1).sub(mean));
          let grad = lanes.load(0);
          if (factor && beta) {
            grad = f.local(activate(f, grad, f.local(f.mulAdd(distance, factor, beta))));
            lanes.store(2, grad);
          }
          return [lanes.only(grad), lanes.only(grad.mul(distance))];
        };
      };
      forGroups(f, p, { start, end }, (group) => {
        const sums = channelSums(f, group, p, [p.grad, p.input, p.inputGrad], 2, products, scratch);
        f.forRange(group.first, group.end, (c) => {
          const [sum, product] = sums(c);
          f.store(p.betaGrad.at(c), sum.toFloat());
          f.store(p.gammaGrad.at(c), product.toFloat().mul(p.inverseStd.at(c).load()));
        });
        forRows(f, group, p, (c, row) => {
          const [mean, factor] = [f.local(p.mean.at(c).splat()), splat(scaleOf(c))];
          const meanGrad = splat(p.betaGrad.at(c).load().div(count));
          const slope = splat(p.gammaGrad.at(c).load().mul(p.inverseStd.at(c).load()).div(count));
          const body = (lanes: Lanes): void => {
            const [grad, distance] = [lanes.load(0), lanes.load(1).sub(mean)];
            lanes.store(2, grad.sub(meanGrad).sub(distance.mul(slope)).mul(factor));
          };
          const arrays = [derivative ? p.inputGrad : p.grad, p.input, p.inputGrad].map((array) => array.at(row));
          forVectors(f, p.inner, arrays, body, unroll);
        });
      });
    },
    { scratchBytes },
  );
});

/** Runs a kernel that passes `arrays` times over as many bytes as the input has. */
function run(
  chosen: Kernel,
  input: View,
  arrays: number,
  activation: Activation | undefined,
  args: Readonly<Record<string, number>>,
): void {
  const [images, channels, inner] = input.shape;
  const group = groupOf(input.shape, arrays);
  const all = { images, channels, inner, group, ...activationArguments(activation), ...args };
  parallelFor(chosen, all, Math.ceil(channels / group), grainOf(group * images * inner));
}

/** Batch normalization of contiguous float32. */
export function simdBatchNorm(call: BatchNormCall): void {
  const { input, gamma, beta, output, mean, variance, inverseStd, epsilon, activation } = call;
  run(forwardKernel(activation), input, 2, activation, {
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
  run(inferenceKernel(activation), input, 2, activation, {
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
  run(backwardKernel(activation), input, 3, activation, {
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
