import type { Parameter } from "../variable.js";
import { Adam, type AdamOptions } from "./adam.js";

/** Settings of `AdamW`. Only a parameter's own `l2` is added to its gradient. */
export interface AdamWOptions extends Omit<AdamOptions, "l2"> {
  /** Each step takes learningRate · weightDecay of a parameter away. Default 0.01. */
  readonly weightDecay?: number;
  /** Which parameters decay; see `decayFilter`. Default: all. */
  readonly decays?: (parameter: Parameter) => boolean;
}

/** Adam with weight decay beside the gradient instead of in it. Source: Loshchilov and Hutter 2019. */
export class AdamW extends Adam {
  override readonly name: string = "AdamW";
  private readonly weightDecay: number;
  private readonly decays: (parameter: Parameter) => boolean;

  constructor(parameters: Iterable<Parameter>, options: AdamWOptions) {
    super(parameters, options);
    this.weightDecay = options.weightDecay ?? 0.01;
    this.decays = options.decays ?? (() => true);
  }

  protected override decayOf(parameter: Parameter): number {
    return this.decays(parameter) ? this.weightDecay : 0;
  }
}

/** Which parameters `decayFilter` excepts. */
export interface DecayExceptions {
  /** Parts of names. The reference's `no_weight_decay_name`. */
  readonly names?: readonly string[];
  /** All with one axis, such as biases. The reference's `one_dim_param_no_weight_decay`. */
  readonly oneDimensional?: boolean;
}

/** A filter for `AdamW`: false for the excepted parameters of `named`, true for all others. */
export function decayFilter(
  named: ReadonlyMap<string, Parameter>,
  { names = [], oneDimensional = false }: DecayExceptions,
): (parameter: Parameter) => boolean {
  const excepted = new Set(
    [...named].flatMap(([name, parameter]) => (names.some((part) => name.includes(part)) ? [parameter] : [])),
  );
  return (parameter) => !excepted.has(parameter) && !(oneDimensional && parameter.shape.length === 1);
}
