import { Random, type RandomState, scope, type Tensor } from "@retort/tensor";
import { backward } from "./backward.js";
import { GraphError } from "./errors.js";
import { LooseGradients } from "./gradients.js";
import { currentRandom, withRandom } from "./randomness.js";
import { apply, defineOp, isRecording, type Node, nextNodeId, withRecording } from "./tape.js";
import { asVariable, needsGrad, type Operand, Variable } from "./variable.js";

type Part = (...inputs: Variable[]) => Variable;

interface Segment {
  readonly part: Part;
  /** How many of the operation's inputs are the inputs of `part`; the others are leaves that `part` reads. */
  readonly count: number;
  readonly random: RandomState;
  readonly value: Tensor;
}

const op = defineOp<Segment>({
  name: "checkpoint",
  forward: (_, { value }) => value,
  vjp: ({ grads: [gradient], inputs, attributes: segment }) => {
    const own = inputs.slice(0, segment.count).map(standIn);
    const gradients = backward(recompute(segment, own), { gradient, into: new LooseGradients() });
    return [...own, ...inputs.slice(segment.count)].map((input) => gradients.get(input));
  },
  twin: (inputs, segment) => [recompute(segment, inputs.slice(0, segment.count))],
});

let recomputing = false;

/** Whether a `checkpoint` is computing its part a second time: what counts calls, like running averages, waits. */
export function isRecomputing(): boolean {
  return recomputing;
}

/**
 * `part(...inputs)` without keeping what is computed on the way: `backward` computes it again when it gets there, which
 * takes one more forward pass of `part` and frees its memory meanwhile. Parameters and other leaves that `part` reads
 * get their gradients too. Random masks are the same the second time.
 * Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost".
 * @throws GraphError when `part` reads a recorded variable from outside that is not among `inputs`
 */
export function checkpoint(part: Part, inputs: readonly Operand[]): Variable {
  const operands = inputs.map((input) => asVariable(input));
  if (!isRecording()) return part(...operands);
  const random = currentRandom().state;
  const { value, leaves } = scope(() => {
    const own = operands.map(standIn);
    const first = nextNodeId();
    const result = part(...own);
    return { value: result.value, leaves: leavesUnder(result, first).filter((leaf) => !own.includes(leaf)) };
  });
  return apply(op, [...operands, ...leaves], { part, count: operands.length, random, value })[0];
}

/** A leaf with the value of `input`. */
function standIn(input: Variable): Variable {
  return new Variable(input.value, { requiresGrad: needsGrad(input) });
}

function recompute({ part, random }: Segment, inputs: readonly Variable[]): Variable {
  const before = recomputing;
  recomputing = true;
  try {
    return withRecording(true, () => withRandom(new Random(random), () => part(...inputs)));
  } finally {
    recomputing = before;
  }
}

/** The leaves that `result` depends on. @throws GraphError at a node that is older than `first` */
function leavesUnder(result: Variable, first: number): Variable[] {
  const leaves = new Set<Variable>();
  const seen = new Set<Node>();
  const open = [result];
  for (let variable = open.pop(); variable !== undefined; variable = open.pop()) {
    const { node } = variable;
    if (!needsGrad(variable) || (node !== undefined && seen.has(node))) continue;
    if (node === undefined) {
      leaves.add(variable);
      continue;
    }
    if (node.id < first) {
      throw new GraphError(
        `checkpoint: the part reads a result of ${node.op.name} from outside: pass it among the inputs`,
      );
    }
    seen.add(node);
    open.push(...node.inputs);
  }
  return [...leaves];
}
