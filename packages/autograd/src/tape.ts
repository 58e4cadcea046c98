import { scope, type Tensor } from "@retort/tensor";
import { asVariable, needsGrad, type Operand, Variable } from "./variable.js";

/** What an operation's `vjp` (vector-Jacobian product) gets to work with. */
export interface VjpContext<A> {
  /** Gradient of each output; undefined where nothing depends on it. At least one is there. */
  readonly grads: readonly (Variable | undefined)[];
  readonly inputs: readonly Variable[];
  readonly outputs: readonly Variable[];
  /** What `forward` saved. */
  readonly saved: readonly Tensor[];
  readonly attributes: A;
  /** Which inputs need a gradient. */
  readonly needs: readonly boolean[];
}

/** What `forward` hands out: its outputs, and what only `vjp` needs. */
export interface Forward {
  readonly outputs: readonly Tensor[];
  readonly saved?: readonly Tensor[];
}

/**
 * An operation with a gradient. `vjp` returns one gradient per input, in the shape of the input or of the broadcast
 * result. Either it is made of differentiable functions, or `twin` computes the outputs from such functions alone, so
 * that gradients of gradients exist; `once` marks an operation that has neither.
 */
export interface Op<A = void> {
  readonly name: string;
  forward(inputs: readonly Tensor[], attributes: A): Tensor | Forward;
  vjp(context: VjpContext<A>): (Variable | undefined)[];
  twin?(inputs: readonly Variable[], attributes: A): Variable[];
  readonly once?: boolean;
}

/** One recorded call of an operation. */
export interface Node {
  readonly id: number;
  readonly op: Op<unknown>;
  readonly attributes: unknown;
  readonly inputs: readonly Variable[];
  readonly outputs: readonly Tensor[];
  readonly saved: readonly Tensor[];
  /** Tensors made for operands that were numbers; nobody else knows them. */
  readonly constants: readonly Tensor[];
  /** Versions of the inputs' memory when it was read. */
  readonly versions: readonly number[];
  /** Variables handed out for `outputs`. */
  readonly results: Variable[];
  consumed: boolean;
}

let recording = true;
let nextId = 0;

/** Runs `fn` with recording switched on or off. */
export function withRecording<T>(on: boolean, fn: () => T): T {
  const before = recording;
  recording = on;
  try {
    return fn();
  } finally {
    recording = before;
  }
}

/** The id that the next recorded node gets; nodes made before have smaller ones. */
export function nextNodeId(): number {
  return nextId;
}

/** Whether operations are being recorded: false inside `noGrad`. */
export function isRecording(): boolean {
  return recording;
}

/**
 * Runs `fn` without recording and frees everything that it made but its result.
 * @throws DeviceError when `fn` returns a Promise
 */
export function noGrad<T>(fn: () => T): T {
  return withRecording(false, () => scope(fn));
}

/** Runs `fn`; where nothing is recorded, everything that it made but its result is freed. */
export function transient<T>(fn: () => T): T {
  return recording ? fn() : scope(fn);
}

/** Runs an operation and records it if a gradient may be asked for. */
export function apply<A>(op: Op<A>, operands: readonly Operand[], attributes: A): Variable[] {
  const floating = operands.find((operand) => operand instanceof Variable && needsGrad(operand)) as
    | Variable
    | undefined;
  const dtype =
    floating?.dtype ?? (operands.find((operand) => typeof operand !== "number") as Tensor | Variable)?.dtype;
  const inputs = operands.map((operand) => asVariable(operand, dtype));
  const constants = inputs.filter((_, i) => typeof operands[i] === "number").map(({ value }) => value);
  const record = recording && inputs.some(needsGrad);
  const { outputs, saved } = run(op, inputs, attributes, record);
  if (!record) {
    for (const constant of constants) constant.release();
    return outputs.map((value) => new Variable(value));
  }
  const node: Node = {
    id: nextId++,
    op: op as unknown as Op<unknown>,
    attributes,
    inputs,
    outputs,
    saved,
    constants,
    versions: inputs.map((input) => input.value.storage.version),
    results: [],
    consumed: false,
  };
  for (const [index, value] of outputs.entries()) node.results.push(new Variable(value, { node, index }));
  return node.results;
}

function run<A>(op: Op<A>, inputs: readonly Variable[], attributes: A, record: boolean): Required<Forward> {
  return scope(() => {
    const values = inputs.map((input) => input.value);
    const result = op.forward(values, attributes);
    const { outputs, saved = [] } = "outputs" in result ? result : { outputs: [result] };
    const own = outputs.map((value) =>
      values.includes(value) ? value.view(value.shape, value.strides, value.offset) : value,
    );
    return { outputs: own, saved: record ? saved : [] };
  });
}

/** Declares an operation; calling `apply(op, inputs, attributes)` runs it. */
export function defineOp<A = void>(op: Op<A>): Op<A> {
  return op;
}
