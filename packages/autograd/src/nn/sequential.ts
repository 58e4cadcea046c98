import { isRecording, transient } from "../tape.js";
import { asVariable, type Operand, type Variable } from "../variable.js";
import { type Member, Module } from "./module.js";

/** A module that maps one variable to another. */
export interface Layer extends Module {
  forward(x: Operand): Variable;
}

/**
 * Runs layers one after the other. Without recording, what one layer made is freed as soon as the next has read it.
 */
export function runInTurn(layers: readonly Layer[], x: Operand): Variable {
  let value = asVariable(x);
  for (const [i, layer] of layers.entries()) {
    const next = transient(() => layer.forward(value));
    if (!isRecording() && i > 0 && next !== value) value.value.release("the next layer has read it");
    value = next;
  }
  return value;
}

/** Layers one after the other; their keys are 0, 1, ... */
export class Sequential extends Module {
  private readonly layers: readonly Layer[];

  constructor(...layers: Layer[]) {
    super();
    this.layers = layers;
  }

  override *members(): Iterable<readonly [string, Member]> {
    for (const [i, layer] of this.layers.entries()) yield [String(i), layer];
  }

  forward(x: Operand): Variable {
    return runInTurn(this.layers, x);
  }
}
