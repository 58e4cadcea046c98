import { assign, formatShape, keep, sameShape, type Tensor } from "@retort/tensor";
import { Parameter } from "../variable.js";

/** A tensor that belongs to a module and is not trained, such as a running mean. */
export class ModuleBuffer {
  readonly value: Tensor;

  constructor(value: Tensor) {
    this.value = keep(value);
  }
}

/** What a module holds under one name. */
export type Member = Parameter | ModuleBuffer | Module;

/** A difference between a state dict and the module that it was meant for. */
export interface StateDifference {
  readonly key: string;
  readonly problem: "missing" | "unexpected" | "shape";
  readonly expected?: readonly number[];
  readonly found?: readonly number[];
}

/** A state dict does not fit its module; the message is a table of the differences. */
export class StateDictError extends Error {
  override name = "StateDictError";
  readonly differences: readonly StateDifference[];

  constructor(differences: readonly StateDifference[]) {
    const shape = (value?: readonly number[]): string => (value === undefined ? "-" : formatShape(value));
    const rows = differences.map(
      (d) => `  ${d.problem.padEnd(10)} ${d.key}  expected ${shape(d.expected)}  found ${shape(d.found)}`,
    );
    super(`the state dict does not fit the network, ${differences.length} differences:\n${rows.join("\n")}`);
    this.differences = differences;
  }
}

/**
 * A part of a network: a plain class whose fields are parameters, buffers and other modules (also in arrays and
 * records). The names of the fields make the keys of the state dict, so they are those of the reference.
 */
export abstract class Module {
  private inTraining = true;

  /** True in training: batch statistics, dropout, and what heads return then. */
  get training(): boolean {
    return this.inTraining;
  }

  /** Switches this module and all below it to training or, with false, to evaluation. */
  train(on = true): this {
    this.inTraining = on;
    for (const [, member] of this.members()) if (member instanceof Module) member.train(on);
    return this;
  }

  /** Switches this module and all below it to evaluation. */
  eval(): this {
    return this.train(false);
  }

  /** Direct members with their names. A module whose reference has other names than its fields overrides this. */
  *members(): Iterable<readonly [string, Member]> {
    for (const [name, value] of Object.entries(this)) yield* membersOf(name, value);
  }

  /** This module and all below it. */
  *modules(): Iterable<Module> {
    yield this;
    for (const [, member] of this.members()) if (member instanceof Module) yield* member.modules();
  }

  /** Every parameter and buffer below this module under its key, in the order of the fields. */
  *entries(prefix = ""): Iterable<readonly [string, Parameter | ModuleBuffer]> {
    for (const [name, member] of this.members()) {
      if (member instanceof Module) yield* member.entries(`${prefix}${name}.`);
      else yield [prefix + name, member];
    }
  }

  /** Parameters by key. One that has two keys comes once, under the last, as in the reference's optimizer state. */
  namedParameters(): Map<string, Parameter> {
    const keys = new Map<Parameter, string>();
    for (const [key, member] of this.entries()) if (member instanceof Parameter) keys.set(member, key);
    return new Map([...keys].map(([parameter, key]) => [key, parameter]));
  }

  /** All parameters, each once. */
  parameters(): Parameter[] {
    return [...this.namedParameters().values()];
  }

  /** Parameters and buffers by key: the live tensors, not copies. */
  stateDict(): Map<string, Tensor> {
    return new Map([...this.entries()].map(([key, member]) => [key, member.value]));
  }

  /**
   * Copies values into the parameters and buffers. Nothing is written unless everything fits; with `strict` false,
   * keys that are missing or unexpected are returned instead, but shapes must fit always.
   * @throws StateDictError with a table of what is missing, unexpected or of another shape
   */
  loadStateDict(
    state: ReadonlyMap<string, Tensor>,
    { strict = true }: { readonly strict?: boolean } = {},
  ): StateDifference[] {
    const own = this.stateDict();
    const differences: StateDifference[] = [];
    for (const [key, { shape }] of own) {
      const found = state.get(key)?.shape;
      if (found === undefined) differences.push({ key, problem: "missing", expected: shape });
      else if (!sameShape(shape, found)) differences.push({ key, problem: "shape", expected: shape, found });
    }
    for (const [key, { shape }] of state)
      if (!own.has(key)) differences.push({ key, problem: "unexpected", found: shape });
    if (differences.some((d) => strict || d.problem === "shape")) throw new StateDictError(differences);
    for (const [key, target] of own) {
      const source = state.get(key);
      if (source !== undefined) assign(target, source);
    }
    return differences;
  }

  /** Stops (or allows again) the training of every parameter below. */
  setTrainable(trainable: boolean): this {
    for (const parameter of this.parameters()) parameter.setTrainable(trainable);
    return this;
  }
}

function* membersOf(name: string, value: unknown): Iterable<readonly [string, Member]> {
  if (value instanceof Module || value instanceof Parameter || value instanceof ModuleBuffer) yield [name, value];
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* membersOf(`${name}.${i}`, item);
  else if (value instanceof Map) for (const [key, item] of value) yield* membersOf(`${name}.${key}`, item);
}
