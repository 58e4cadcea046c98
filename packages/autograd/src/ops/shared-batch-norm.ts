import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { type Operand, Variable } from "../variable.js";
import type { SumOverParts } from "./sum-over-parts.js";

interface Attributes {
  readonly epsilon: number;
  readonly activation?: T.Activation;
  readonly sum: SumOverParts;
}

const inverse = T.expression(({ variance }, { epsilon }) => variance.add(epsilon).rsqrt());
const corrected = T.expression(({ grad, x, shift, slope }) => grad.add(shift).add(slope.mul(x)));

const hosts = (...tensors: T.Tensor[]): Float64Array[] => tensors.map((tensor) => Float64Array.from(tensor.dataSync()));

/** Values of channels [C] as a tensor of the type of `x`, rounded on the host: GPUs have no float64. */
function channels(values: Float64Array, x: T.Tensor, shape: readonly number[] = [values.length]): T.Tensor {
  return T.tensor(x.dtype === "float64" ? values : Float32Array.from(values), shape);
}

const op = defineOp<Attributes>({
  name: "sharedBatchNorm",
  once: true,
  forward: ([x, gamma, beta], { epsilon, activation, sum }) => {
    const own = T.batchNorm(x, gamma, beta, epsilon);
    const [means, variances] = hosts(own.mean, own.variance);
    const count = x.size / means.length;
    // In float64 the square of the mean can be taken out of the mean of squares again.
    const sums = Float64Array.of(count, ...means, ...variances.map((variance, c) => variance + means[c] ** 2));
    for (let i = 1; i < sums.length; i++) sums[i] *= count;
    sum(sums);
    const [total] = sums;
    const mean = sums.slice(1, 1 + means.length).map((value) => value / total);
    const variance = sums.slice(1 + means.length).map((value, c) => Math.max(0, value / total - mean[c] ** 2));
    const [average, spread] = [mean, variance].map((values) => channels(values, x));
    const output = T.batchNormInference(x, gamma, beta, average, spread, epsilon, activation);
    const inverseStd = T.evaluate(inverse, [spread], [epsilon]);
    return { outputs: [output, average, spread], saved: [inverseStd, T.tensor(Float64Array.of(total))] };
  },
  // batchNormGrad subtracts the means of this part alone; what those of the whole batch differ by is put right after it.
  vjp: ({ grads: [grad], inputs: [x, gamma, beta], outputs: [, average], saved: [inverseStd, total], attributes }) => {
    if (grad === undefined) return [];
    const { activation, sum } = attributes;
    const after = activation && { ...activation, beta: beta.value };
    const found = T.batchNormGrad(grad.value, x.value, average.value, inverseStd, gamma.value, after);
    const [ofGamma, ofBeta, mean, inverse, scale] = hosts(
      found.gamma,
      found.beta,
      average.value,
      inverseStd,
      gamma.value,
    );
    const count = x.value.size / mean.length;
    const sums = Float64Array.of(...ofGamma, ...ofBeta);
    sum(sums);
    const whole = total.item();
    const slope = mean.map((_, c) => scale[c] * inverse[c] ** 2 * (ofGamma[c] / count - sums[c] / whole));
    const shift = mean.map(
      (m, c) => scale[c] * inverse[c] * (ofBeta[c] / count - sums[mean.length + c] / whole) - slope[c] * m,
    );
    const along = [1, mean.length, ...x.value.shape.slice(2).map(() => 1)];
    const [shifts, slopes] = [shift, slope].map((values) => channels(values, x.value, along));
    return [T.evaluate(corrected, [found.x, x.value, shifts, slopes]), found.gamma, found.beta].map(
      (value) => new Variable(value),
    );
  },
});

/**
 * `batchNorm` of a part x [N, C, ...] of a batch with the statistics of the whole batch, whose other parts other
 * processes hold: `sum` adds numbers up over them, once here and once in `backward`. The gradients of gamma and beta are
 * this part's; those of the whole are their sums. Source: Ioffe and Szegedy 2015; means and variances of parts are put
 * together after Chan et al. 1979.
 * @throws ShapeError when gamma or beta are not [C]
 * @throws OnceDifferentiableError when the gradient is differentiated
 */
export function sharedBatchNorm(
  x: Operand,
  gamma: Operand,
  beta: Operand,
  { epsilon, activation, sum }: Attributes,
): { output: Variable; mean: T.Tensor; variance: T.Tensor } {
  const [output, average, variance] = apply(op, [x, gamma, beta], { epsilon, activation, sum });
  return { output, mean: average.value, variance: variance.value };
}
