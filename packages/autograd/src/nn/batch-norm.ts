import {
  type Activation,
  batchNormInference,
  type Expression,
  evaluate,
  evaluateInto,
  expression,
  full,
  type Tensor,
} from "@retort/tensor";
import { isRecomputing } from "../checkpoint.js";
import { batchNorm } from "../ops/batch-norm.js";
import { elementwise } from "../ops/elementwise.js";
import { sharedBatchNorm } from "../ops/shared-batch-norm.js";
import type { SumOverParts } from "../ops/sum-over-parts.js";
import { reshape } from "../ops/views.js";
import { isRecording } from "../tape.js";
import { asVariable, needsGrad, type Operand, Parameter, type ParameterOptions, Variable } from "../variable.js";
import { Module, ModuleBuffer } from "./module.js";

const running = expression(({ old, batch }, { momentum }) => old.mul(momentum).add(batch.mul(momentum.sub(1).neg())));

const affine = expression(({ x, weight, bias, mean, variance }, { epsilon }) =>
  x.sub(mean).mul(variance.add(epsilon).rsqrt().mul(weight)).add(bias),
);

const scaling = expression(({ weight, variance }, { epsilon }) => variance.add(epsilon).rsqrt().mul(weight));
const shifting = expression(({ bias, mean, scale }) => bias.sub(mean.mul(scale)));

/** How batch normalization differs from the usual. */
export interface BatchNormOptions {
  /** Share of the old running statistics; default 0.9. */
  readonly momentum?: number;
  /** Default 1e-5. */
  readonly epsilon?: number;
  /** Applies to gamma and beta. */
  readonly parameters?: ParameterOptions;
  /** Value that beta starts from; default 0. */
  readonly bias?: number;
  /** Applied to the normalized values in the same pass, such as `expressions.relu`: one input, no parameters. */
  readonly activation?: Expression;
}

/**
 * Batch normalization over axis 1. In training it uses the batch's statistics and moves the running ones,
 * new = momentum · old + (1 - momentum) · batch with the biased variance, as Paddle does on the CPU; in evaluation it
 * uses the running ones.
 */
export class BatchNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly _mean: ModuleBuffer;
  readonly _variance: ModuleBuffer;
  /** Share of the old running statistics that a step in training keeps. */
  readonly momentum: number;
  readonly epsilon: number;
  readonly activation: Activation | undefined;
  /** Where several processes hold parts of a batch: adds up over them, so that statistics are those of the whole batch. */
  sumOverParts: SumOverParts | undefined;

  constructor(channels: number, options: BatchNormOptions = {}) {
    super();
    this.momentum = options.momentum ?? 0.9;
    this.epsilon = options.epsilon ?? 1e-5;
    this.activation = options.activation && { expression: options.activation, parameters: [] };
    this.weight = new Parameter(full([channels], 1), options.parameters);
    this.bias = new Parameter(full([channels], options.bias ?? 0), options.parameters);
    this._mean = new ModuleBuffer(full([channels], 0));
    this._variance = new ModuleBuffer(full([channels], 1));
  }

  /** @throws ShapeError when axis 1 of `x` has another length */
  forward(x: Operand): Variable {
    if (!this.training) return this.normalize(asVariable(x));
    const { output, mean, variance } = this.normalizeBatch(x);
    if (isRecomputing()) return output;
    evaluateInto(this._mean.value, running, [this._mean.value, mean], [this.momentum]);
    evaluateInto(this._variance.value, running, [this._variance.value, variance], [this.momentum]);
    return output;
  }

  private normalizeBatch(x: Operand): ReturnType<typeof batchNorm> {
    const { weight, bias, epsilon, activation, sumOverParts: sum } = this;
    if (sum === undefined) return batchNorm(x, weight, bias, epsilon, activation);
    return sharedBatchNorm(x, weight, bias, { epsilon, activation, sum });
  }

  /** What evaluation does to each channel before the activation, scale · x + shift: both [C]. */
  scaleAndShift(): { scale: Tensor; shift: Tensor } {
    const { weight, bias, _mean, _variance, epsilon } = this;
    const scale = evaluate(scaling, [weight.value, _variance.value], [epsilon]);
    return { scale, shift: evaluate(shifting, [bias.value, _mean.value, scale]) };
  }

  private normalize(x: Variable): Variable {
    const { weight, bias, _mean, _variance, epsilon, activation } = this;
    if (!isRecording() || ![x, weight, bias].some(needsGrad)) {
      const [scale, shift, mean, variance] = [weight.value, bias.value, _mean.value, _variance.value];
      return new Variable(batchNormInference(x.value, scale, shift, mean, variance, epsilon, activation));
    }
    const channel = x.shape.map((_, axis) => (axis === 1 ? -1 : 1));
    const operands = [weight, bias, _mean.value, _variance.value].map((operand) => reshape(operand, channel));
    const normalized = elementwise(affine, [x, ...operands], [epsilon]);
    return activation ? elementwise(activation.expression, [normalized], activation.parameters) : normalized;
  }
}
