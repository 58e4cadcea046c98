import { copyTo, formatShape, keep, sameShape, scope, type Tensor, withDevice, zeros } from "@retort/tensor";
import type { Gradients } from "../gradients.js";
import type { Parameter } from "../variable.js";
import type { Clip, Clipped } from "./clip.js";
import type { Schedule } from "./schedules/index.js";
import type { Update } from "./update.js";

/** What all optimizers take. */
export interface OptimizerOptions {
  /** One rate, or the rate of every step. */
  readonly learningRate: number | Schedule;
  /** Factor of the L2 term added to gradients (coupled); a parameter's own `l2` replaces it. Default 0. */
  readonly l2?: number;
  /** Limits gradients before anything is added to them. Default: no limit. */
  readonly clip?: Clip;
}

/** What an optimizer remembers, to be stored with a checkpoint. */
export interface OptimizerState {
  readonly optimizer: string;
  /** Steps taken. */
  readonly step: number;
  /** Updates of each parameter by its name; fewer than `step` where it had no gradient or was frozen. */
  readonly updates: Readonly<Record<string, number>>;
  /** `<parameter>.<slot>`: running means and the like, for every parameter that has been updated. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

interface Memory {
  count: number;
  readonly state: readonly Tensor[];
}

/**
 * Updates parameters in place from their gradients: clips, adds the L2 term, moves, in this order.
 * Parameters that are frozen or have no gradient are left alone.
 */
export abstract class Optimizer {
  /** The kind, as checkpoints call it. */
  abstract readonly name: string;
  /** Names of the tensors of the parameter's shape that the update rule remembers. */
  protected abstract readonly slots: readonly string[];
  private readonly parameters: readonly Parameter[];
  private readonly options: OptimizerOptions;
  private readonly memories = new Map<Parameter, Memory>();
  private taken = 0;

  constructor(parameters: Iterable<Parameter>, options: OptimizerOptions) {
    this.parameters = [...new Set(parameters)];
    this.options = options;
  }

  /** Moves one parameter. Temporaries are freed by the caller. */
  protected abstract update(update: Update, parameter: Parameter): void;

  /** Steps taken so far. */
  get steps(): number {
    return this.taken;
  }

  /** The learning rate that the next step will use. */
  get learningRate(): number {
    const { learningRate } = this.options;
    return typeof learningRate === "number" ? learningRate : learningRate(this.taken);
  }

  /** Updates every trainable parameter that has a gradient. */
  step(gradients: Gradients): void {
    const { learningRate } = this;
    scope(() => {
      const found = this.parameters.flatMap((parameter) => {
        const gradient = parameter.trainable ? gradients.get(parameter)?.value : undefined;
        return gradient === undefined ? [] : [{ parameter, gradient }];
      });
      const { clip } = this.options;
      const clipped: readonly Clipped[] = clip === undefined ? found : clip(found.map(({ gradient }) => gradient));
      for (const [i, { parameter }] of found.entries()) {
        const { gradient, scale } = clipped[i];
        scope(() => this.move(parameter, gradient, scale, learningRate));
      }
    });
    this.taken++;
  }

  private move(parameter: Parameter, gradient: Tensor, scale: Tensor | undefined, learningRate: number): void {
    const memory = this.memoryOf(parameter);
    memory.count++;
    const update = {
      parameter: parameter.value,
      gradient,
      scale,
      l2: parameter.l2 ?? this.options.l2 ?? 0,
      learningRate: learningRate * parameter.learningRateScale,
      ...memory,
    };
    this.update(update, parameter);
  }

  private memoryOf(parameter: Parameter): Memory {
    const known = this.memories.get(parameter);
    if (known !== undefined) return known;
    const { shape, dtype, device } = parameter.value;
    const state = withDevice(device, () => this.slots.map(() => keep(zeros(shape, dtype))));
    const memory = { count: 0, state };
    this.memories.set(parameter, memory);
    return memory;
  }

  /**
   * What a checkpoint has to store, under the names of `named`. The tensors are those in use: the next step changes them.
   * @throws Error when a parameter of this optimizer has no name there
   */
  state(named: ReadonlyMap<string, Parameter>): OptimizerState {
    const updates: Record<string, number> = {};
    const tensors = new Map<string, Tensor>();
    for (const [name, parameter] of this.owned(named)) {
      const memory = this.memories.get(parameter);
      if (memory === undefined) continue;
      updates[name] = memory.count;
      for (const [i, slot] of this.slots.entries()) tensors.set(`${name}.${slot}`, memory.state[i]);
    }
    return { optimizer: this.name, step: this.taken, updates, tensors };
  }

  /**
   * Takes over what `state` gave, copying its tensors: the next steps are those that would have followed there.
   * @throws Error naming every entry that is missing, not known here, or of another shape or dtype
   */
  loadState(named: ReadonlyMap<string, Parameter>, state: OptimizerState): void {
    if (state.optimizer !== this.name) {
      throw new Error(`optimizer state: expected that of ${this.name}, found that of ${state.optimizer}`);
    }
    const owned = this.owned(named);
    const problems = this.differences(owned, state);
    if (problems.length > 0) throw new Error(`optimizer state of ${this.name} does not fit: ${problems.join("; ")}`);
    for (const { state } of this.memories.values()) for (const tensor of state) tensor.release("a state was loaded");
    this.memories.clear();
    for (const [name, count] of Object.entries(state.updates)) {
      const parameter = owned.get(name) as Parameter;
      const { device } = parameter.value;
      const tensors = this.slots.map((slot) => keep(copyTo(device, state.tensors.get(`${name}.${slot}`) as Tensor)));
      this.memories.set(parameter, { count, state: tensors });
    }
    this.taken = state.step;
  }

  /** The parameters of this optimizer by name. */
  private owned(named: ReadonlyMap<string, Parameter>): Map<string, Parameter> {
    const names = new Map([...named].map(([name, parameter]) => [parameter, name]));
    return new Map(
      this.parameters.map((parameter, i) => {
        const name = names.get(parameter);
        if (name !== undefined) return [name, parameter];
        throw new Error(
          `optimizer state: parameter ${i} of ${this.name}, shape ${formatShape(parameter.shape)}, has no name`,
        );
      }),
    );
  }

  private differences(owned: ReadonlyMap<string, Parameter>, { updates, tensors }: OptimizerState): string[] {
    const problems: string[] = [];
    const expected = new Set<string>();
    for (const name of Object.keys(updates)) {
      const parameter = owned.get(name);
      if (parameter === undefined) problems.push(`"${name}" is no parameter of it`);
      for (const slot of this.slots) {
        const key = `${name}.${slot}`;
        expected.add(key);
        const found = tensors.get(key);
        if (found === undefined) problems.push(`"${key}" is missing`);
        else if (parameter !== undefined) problems.push(...mismatch(key, found, parameter.value));
      }
    }
    for (const key of tensors.keys()) if (!expected.has(key)) problems.push(`"${key}" is not expected`);
    return problems;
  }
}

function mismatch(key: string, found: Tensor, wanted: Tensor): string[] {
  if (found.dtype === wanted.dtype && sameShape(found.shape, wanted.shape)) return [];
  const describe = (x: Tensor): string => `${x.dtype} ${formatShape(x.shape)}`;
  return [`"${key}" should be ${describe(wanted)}, found ${describe(found)}`];
}
