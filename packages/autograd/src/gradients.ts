import type { Owner, Releasable } from "@retort/tensor";
import { Parameter, type Variable } from "./variable.js";

const latest = new WeakMap<Parameter, Variable>();

/** What `backward` returns: the gradient of the loss for every leaf that it depends on. */
export class Gradients implements Owner {
  private readonly byLeaf = new Map<Variable, Variable>();

  /** The gradient for a parameter or leaf, or undefined when the loss does not depend on it. */
  get(leaf: Variable): Variable | undefined {
    return this.byLeaf.get(leaf);
  }

  /** Whether the loss depends on `leaf`. */
  has(leaf: Variable): boolean {
    return this.byLeaf.has(leaf);
  }

  get size(): number {
    return this.byLeaf.size;
  }

  [Symbol.iterator](): IterableIterator<[Variable, Variable]> {
    return this.byLeaf[Symbol.iterator]();
  }

  /** Stores a gradient; the one that an earlier backward pass left for the same parameter is given back. */
  set(leaf: Variable, gradient: Variable): void {
    if (leaf instanceof Parameter) {
      const old = latest.get(leaf);
      if (old !== undefined && old !== gradient) old.value.release("a later backward() replaced this gradient");
      latest.set(leaf, gradient);
    }
    this.store(leaf, gradient);
  }

  protected store(leaf: Variable, gradient: Variable): void {
    this.byLeaf.set(leaf, gradient);
  }

  *ownedTensors(): Iterable<Releasable> {
    for (const gradient of this.byLeaf.values()) yield* gradient.ownedTensors();
  }
}

/** Gradients that replace no earlier ones and are replaced by no later ones: recorded ones, and those of a checkpoint. */
export class LooseGradients extends Gradients {
  override set(leaf: Variable, gradient: Variable): void {
    this.store(leaf, gradient);
  }
}
