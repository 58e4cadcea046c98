import { assign, keep, type Tensor } from "@retort/tensor";
import { Parameter } from "../variable.js";
import { StateDictError, type StateDifference, stateDifferences } from "./state-dict.js";

/** A tensor that belongs to a module and is not trained, such as a running mean. */
export class ModuleBuffer {
  readonly value: Tensor;

  constructor(value: Tensor) {
    this.value = keep(value);
  }
}

/** What a module holds under one name. */
export type Member = Parameter | ModuleBuffer | Module;

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
    const named = new Map<string, Parameter>();
    for (const [member, keys] of this.keysOfMembers()) if (member instanceof Parameter) named.set(last(keys), member);
    return named;
  }

  /** All parameters, each once. */
  parameters(): Parameter[] {
    return [...this.namedParameters().values()];
  }

  /**
   * Parameters and buffers by key: the live tensors, not copies. One that has two keys comes under both, as in the
   * reference's files; with `aliases` false once, under the last.
   */
  stateDict({ aliases = true }: { readonly aliases?: boolean } = {}): Map<string, Tensor> {
    if (aliases) return new Map([...this.entries()].map(([key, member]) => [key, member.value]));
    return new Map([...this.keysOfMembers()].map(([member, keys]) => [last(keys), member.value]));
  }

  /**
   * Copies values into the parameters and buffers. What has two keys here needs only one of them in the state. Nothing is
   * written unless everything fits; with `strict` false, keys that are missing or unexpected are returned instead, but
   * shapes must fit always, and values under two keys of one tensor must be the same.
   * @throws StateDictError with a table of what is missing, unexpected, of another shape or contradicts itself
   */
  loadStateDict(
    state: ReadonlyMap<string, Tensor>,
    { strict = true }: { readonly strict?: boolean } = {},
  ): StateDifference[] {
    const own = [...this.keysOfMembers()].map(([{ value }, keys]) => ({ value, keys, shape: value.shape }));
    const differences = stateDifferences(own, state);
    const fatal = differences.some(({ problem }) => strict || problem === "shape" || problem === "conflict");
    if (fatal) throw new StateDictError(differences);
    for (const { value, keys } of own) {
      const key = keys.find((key) => state.has(key));
      if (key !== undefined) assign(value, state.get(key) as Tensor);
    }
    return differences;
  }

  /** Every parameter and buffer with all of its keys, in the order of the first ones. */
  private keysOfMembers(): Map<Parameter | ModuleBuffer, string[]> {
    const found = new Map<Parameter | ModuleBuffer, string[]>();
    for (const [key, member] of this.entries()) found.set(member, [...(found.get(member) ?? []), key]);
    return found;
  }

  /** Stops (or allows again) the training of every parameter below. */
  setTrainable(trainable: boolean): this {
    for (const parameter of this.parameters()) parameter.setTrainable(trainable);
    return this;
  }
}

const last = (keys: readonly string[]): string => keys[keys.length - 1];

function* membersOf(name: string, value: unknown): Iterable<readonly [string, Member]> {
  if (value instanceof Module || value instanceof Parameter || value instanceof ModuleBuffer) yield [name, value];
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* membersOf(`${name}.${i}`, item);
  else if (value instanceof Map) for (const [key, item] of value) yield* membersOf(`${name}.${key}`, item);
}
