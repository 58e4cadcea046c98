import { contiguousElements } from "../../cpu/buffer.js";
import type { View } from "../../device.js";
import type { TypedArray } from "../../dtype.js";

// Alignments of one sample: the forward and backward recursions of Graves et al., "Connectionist temporal
// classification" (2006), with logarithms in float64. The states are the labels with blanks between and around them.

/** The states of one sample, and whether its labels fit into the steps. */
export interface Alignment {
  /** Class of every state. */
  readonly states: Int32Array;
  /** False when the labels, with a blank between equal neighbours, need more steps than there are. */
  readonly feasible: boolean;
}

/** What both recursions read: log-probabilities are `logits - logSumExp`. */
export interface Emissions {
  readonly logits: TypedArray;
  readonly logSumExp: TypedArray;
  /** First row (sample times steps) of the sample. */
  readonly row: number;
  readonly steps: number;
  readonly classes: number;
}

/**
 * The alignments of every sample.
 * @throws RangeError for a length or a label out of range, naming its sample
 */
export function alignments(labels: View, lengths: View, blank: number, steps: number, classes: number): Alignment[] {
  const [classOf, counts] = [labels, lengths].map(contiguousElements);
  const most = labels.shape[1];
  return Array.from(counts, (count, b) => {
    if (count < 0 || count > most) throw new RangeError(`length ${count} of sample ${b} is not within 0 to ${most}`);
    const states = new Int32Array(2 * count + 1).fill(blank);
    let needed = count;
    for (let i = 0; i < count; i++) {
      const label = classOf[b * most + i];
      if (label < 0 || label >= classes || label === blank) {
        throw new RangeError(
          `label ${label} at position ${i} of sample ${b} is not within 0 to ${classes - 1}, or is the blank ${blank}`,
        );
      }
      states[2 * i + 1] = label;
      if (i > 0 && label === classOf[b * most + i - 1]) needed++;
    }
    return { states, feasible: needed <= steps };
  });
}

/** log(exp(a) + exp(b)) */
function logAdd(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  if (b === Number.NEGATIVE_INFINITY) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

/** Whether state `s` may follow state `s - 2`: only from one label to another one. */
function maySkip(states: Int32Array, s: number): boolean {
  return s >= 2 && s % 2 === 1 && states[s] !== states[s - 2];
}

function emission({ logits, logSumExp, row, classes }: Emissions, step: number, label: number): number {
  return logits[(row + step) * classes + label] - logSumExp[row + step];
}

/**
 * Writes alpha [steps, stride] from `start` on: the log-probability of all prefixes that end in a state at a step.
 * Returns the log-probability of the labels.
 */
export function forwardVariables(
  states: Int32Array,
  from: Emissions,
  alpha: TypedArray,
  start: number,
  stride: number,
): number {
  const count = states.length;
  if (from.steps === 0) return 0;
  for (let s = 0; s < count; s++) alpha[start + s] = s < 2 ? emission(from, 0, states[s]) : Number.NEGATIVE_INFINITY;
  for (let step = 1; step < from.steps; step++) {
    const before = start + (step - 1) * stride;
    for (let s = 0; s < count; s++) {
      let total = alpha[before + s];
      if (s > 0) total = logAdd(total, alpha[before + s - 1]);
      if (maySkip(states, s)) total = logAdd(total, alpha[before + s - 2]);
      alpha[before + stride + s] = total + emission(from, step, states[s]);
    }
  }
  const last = start + (from.steps - 1) * stride + count - 1;
  return count > 1 ? logAdd(alpha[last], alpha[last - 1]) : alpha[last];
}

/**
 * Calls `visit(step, s, probability)` with the probability that an alignment is in state s at a step, last step first.
 * `alpha` is what `forwardVariables` wrote.
 */
export function occupancies(
  states: Int32Array,
  from: Emissions,
  alpha: TypedArray,
  start: number,
  stride: number,
  visit: (step: number, s: number, probability: number) => void,
): void {
  const count = states.length;
  let beta = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  beta[count - 1] = 0;
  if (count > 1) beta[count - 2] = 0;
  const last = start + (from.steps - 1) * stride + count - 1;
  const total = count > 1 ? logAdd(alpha[last], alpha[last - 1]) : alpha[last];
  for (let step = from.steps - 1; step >= 0; step--) {
    for (let s = 0; s < count; s++) visit(step, s, Math.exp(alpha[start + step * stride + s] + beta[s] - total));
    if (step > 0) beta = backwardStep(states, from, step, beta);
  }
}

/** beta of the step before: the log-probability of all suffixes after a state. */
function backwardStep(
  states: Int32Array,
  from: Emissions,
  step: number,
  beta: Float64Array,
): Float64Array<ArrayBuffer> {
  const arriving = beta.map((value, s) => value + emission(from, step, states[s]));
  return new Float64Array(beta.length).map((_, s) => {
    let total = arriving[s];
    if (s + 1 < beta.length) total = logAdd(total, arriving[s + 1]);
    if (s + 2 < beta.length && maySkip(states, s + 2)) total = logAdd(total, arriving[s + 2]);
    return total;
  });
}
