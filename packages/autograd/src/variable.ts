import { type DType, keep, type Owner, type Releasable, type Shape, Tensor, tensor } from "@retort/tensor";
import type { Node } from "./tape.js";

/** What functions on variables take: a tensor or a number is a constant. */
export type Operand = Variable | Tensor | number;

/**
 * A tensor that may have a gradient. `node` is the operation that made it, if one was recorded; a variable without a
 * node that requires a gradient is a leaf, where `backward` ends.
 */
export class Variable implements Owner {
  readonly value: Tensor;
  readonly requiresGrad: boolean;
  readonly node: Node | undefined;
  /** Which output of `node` this is. */
  readonly index: number;
  /** Whether `backward` leaves the value alive; see `retain`. */
  retained = false;

  constructor(value: Tensor, options: { requiresGrad?: boolean; node?: Node; index?: number } = {}) {
    this.value = value;
    this.requiresGrad = options.requiresGrad ?? options.node !== undefined;
    this.node = options.node;
    this.index = options.index ?? 0;
  }

  get shape(): Shape {
    return this.value.shape;
  }

  get dtype(): DType {
    return this.value.dtype;
  }

  /** The only element. @throws ShapeError when there is not exactly one */
  item(): number {
    return this.value.item();
  }

  /** This handle and all that a backward pass from here would read. */
  *ownedTensors(): Iterable<Releasable> {
    const seen = new Set<Variable>();
    const open: Variable[] = [this];
    for (let variable = open.pop(); variable !== undefined; variable = open.pop()) {
      if (seen.has(variable)) continue;
      seen.add(variable);
      yield variable.value;
      if (variable.node === undefined || variable.node.consumed) continue;
      yield* variable.node.saved;
      for (const output of variable.node.outputs) yield output;
      open.push(...variable.node.inputs);
    }
  }

  toString(): string {
    const origin = this.node ? ` by ${this.node.op.name}` : this.requiresGrad ? " leaf" : "";
    return `Variable${origin} ${this.value}`;
  }
}

/** How a parameter is treated differently from the others by optimizers. */
export interface ParameterOptions {
  /** Factor of the L2 term in place of the optimizer's own; 0 switches it off for this parameter. */
  readonly l2?: number;
  /** Factor on the learning rate. */
  readonly learningRateScale?: number;
  /** False freezes it: no gradient, no update. */
  readonly trainable?: boolean;
}

/** A variable that is trained: its tensor lives until it is collected and is updated in place. */
export class Parameter extends Variable {
  readonly l2: number | undefined;
  readonly learningRateScale: number;
  private learns: boolean;

  constructor(value: Tensor, options: ParameterOptions = {}) {
    super(keep(value), { requiresGrad: true });
    this.l2 = options.l2;
    this.learningRateScale = options.learningRateScale ?? 1;
    this.learns = options.trainable ?? true;
  }

  get trainable(): boolean {
    return this.learns;
  }

  /** Stops (or allows again) gradients and updates of this parameter. */
  setTrainable(trainable: boolean): void {
    this.learns = trainable;
  }
}

/** True when a backward pass has to reach this variable. */
export function needsGrad(variable: Variable): boolean {
  return variable instanceof Parameter ? variable.trainable : variable.requiresGrad;
}

/** A leaf that requires a gradient, for what is neither a constant nor a parameter. */
export function variable(value: Tensor | readonly number[] | number): Variable {
  return new Variable(value instanceof Tensor ? value : tensor(value), { requiresGrad: true });
}

/** An operand as a variable; numbers take `dtype`. */
export function asVariable(operand: Operand, dtype: DType = "float32"): Variable {
  if (operand instanceof Variable) return operand;
  return new Variable(operand instanceof Tensor ? operand : tensor([operand], [], dtype));
}

/** Keeps the value of `variable` readable after `backward` consumed the graph that it belongs to. */
export function retain<T extends Variable>(variable: T): T {
  variable.retained = true;
  return variable;
}

/** The same value as a constant: no gradient flows through it. */
export function detach(operand: Variable): Variable {
  const { value } = operand;
  return new Variable(value.view(value.shape, value.strides, value.offset));
}
