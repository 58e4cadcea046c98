import { formatShape, ones, ShapeError, sameShape, scope, type Tensor } from "@retort/tensor";
import { GraphError, OnceDifferentiableError } from "./errors.js";
import { Gradients, LooseGradients } from "./gradients.js";
import { add } from "./ops/arithmetic.js";
import { sumTo } from "./ops/sum-to.js";
import { type Node, withRecording } from "./tape.js";
import { needsGrad, Variable } from "./variable.js";

/** How a backward pass treats the graph. */
export interface BackwardOptions {
  /** Keeps the graph for another backward pass. Default false: the graph and the values in it are given back. */
  readonly retainGraph?: boolean;
  /** Records the pass itself, for gradients of gradients; the graph is kept. */
  readonly createGraph?: boolean;
  /** Gradient of the result that is walked from; 1 for a scalar. */
  readonly gradient?: Tensor | Variable;
  /** Adds to these gradients instead of making new ones. */
  readonly into?: Gradients;
  /** Variables inside the graph whose gradients are wanted besides those of the leaves. */
  readonly wrt?: readonly Variable[];
  /** Called for each leaf as soon as its gradient is whole, which is while the walk goes on. */
  readonly onGradient?: (leaf: Variable, gradient: Variable) => void;
}

/**
 * Gradients of `loss` for every parameter and leaf that it depends on, by reverse accumulation: each recorded operation
 * is visited once, newest first. Afterwards the graph is gone and only `loss` itself, and what was `retain`ed, can be
 * read, unless `retainGraph` or `createGraph` is set.
 * @throws ShapeError when `loss` is no scalar and no gradient is given, or the gradient has another shape
 * @throws GraphError when nothing in `loss` requires a gradient, when its graph was consumed, or when a parameter was
 *   updated after it was read
 * @throws OnceDifferentiableError when `createGraph` meets an operation without a differentiable gradient
 */
export function backward(loss: Variable, options: BackwardOptions = {}): Gradients {
  const { createGraph = false, wrt = [], onGradient } = options;
  const keepGraph = createGraph || (options.retainGraph ?? false);
  if (!needsGrad(loss)) throw new GraphError(`nothing in ${loss} requires a gradient`);
  const order = nodesUnder([loss], () => true);
  if (createGraph) checkTwins(order);
  for (const node of order) checkVersions(node);
  const gradients = options.into ?? (createGraph ? new LooseGradients() : new Gradients());
  const walk = new Walk(createGraph, gradients, new Set(wrt));
  const start = seed(loss, options.gradient);
  walk.add(loss, start);
  if (options.gradient === undefined && !createGraph) start.value.release();
  const leaves = onGradient && leavesByLastReader(order);
  for (const node of order) {
    walk.visit(node);
    if (!keepGraph) consume(node, loss);
    for (const leaf of leaves?.get(node) ?? []) {
      const gradient = gradients.get(leaf);
      if (gradient !== undefined) onGradient?.(leaf, gradient);
    }
  }
  if (!keepGraph && loss.value.size === 1) loss.value.storage.park();
  return gradients;
}

function seed(loss: Variable, gradient: Tensor | Variable | undefined): Variable {
  if (gradient !== undefined) {
    if (!sameShape(gradient.shape, loss.shape)) {
      throw new ShapeError(
        `backward() got a gradient of shape ${formatShape(gradient.shape)} for a result of shape ${formatShape(loss.shape)}`,
      );
    }
    return gradient instanceof Variable ? gradient : new Variable(gradient);
  }
  if (loss.value.size !== 1) {
    throw new ShapeError(
      `backward() needs a scalar, found shape [${loss.shape.join(", ")}]: reduce it or pass a gradient`,
    );
  }
  return new Variable(ones(loss.shape, loss.dtype));
}

/** Nodes under `results` that pass `within`, newest first, so that every user of a node comes before it. */
function nodesUnder(results: readonly Variable[], within: (node: Node) => boolean): Node[] {
  const found = new Set<Node>();
  const open = results.flatMap(({ node }) => node ?? []);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node) || !within(node)) continue;
    if (node.consumed) {
      throw new GraphError(
        `the graph through ${node.op.name} was consumed by an earlier backward(): pass retainGraph: true there`,
      );
    }
    found.add(node);
    for (const input of node.inputs) if (input.node !== undefined && needsGrad(input)) open.push(input.node);
  }
  return [...found].sort((a, b) => b.id - a.id);
}

/** The leaves whose gradients are whole once a node has been visited, in the order of the walk. */
function leavesByLastReader(order: readonly Node[]): Map<Node, Variable[]> {
  const readers = new Map<Variable, Node>();
  for (const node of order) {
    for (const input of node.inputs) if (input.node === undefined && needsGrad(input)) readers.set(input, node);
  }
  const leaves = new Map<Node, Variable[]>();
  for (const [leaf, node] of readers) leaves.set(node, [...(leaves.get(node) ?? []), leaf]);
  return leaves;
}

function checkTwins(nodes: readonly Node[]): void {
  for (const { op } of nodes) {
    if (op.once && op.twin === undefined) {
      throw new OnceDifferentiableError(`createGraph: the gradient of ${op.name} cannot be differentiated again`);
    }
  }
}

/** One walk: the gradients that wait at each node, and those that have arrived at a leaf. */
class Walk {
  private readonly gradients: Gradients;
  private readonly createGraph: boolean;
  private readonly wanted: ReadonlySet<Variable>;
  private readonly waiting = new Map<Node, (Variable | undefined)[]>();

  constructor(createGraph: boolean, gradients: Gradients, wanted: ReadonlySet<Variable>) {
    this.createGraph = createGraph;
    this.gradients = gradients;
    this.wanted = wanted;
  }

  add(target: Variable, gradient: Variable): void {
    if (target.node === undefined || this.wanted.has(target)) {
      this.gradients.set(target, this.sum(this.gradients.get(target), gradient));
    }
    if (target.node === undefined) return;
    const slots =
      this.waiting.get(target.node) ?? new Array<Variable | undefined>(target.node.outputs.length).fill(undefined);
    this.waiting.set(target.node, slots);
    slots[target.index] = this.sum(slots[target.index], gradient);
  }

  private addAll(node: Node, gradients: readonly (Variable | undefined)[]): void {
    for (const [i, gradient] of gradients.entries()) if (gradient !== undefined) this.add(node.inputs[i], gradient);
  }

  /** The sum under a handle of its own, so that each place can give its gradient back by itself. */
  private sum(present: Variable | undefined, gradient: Variable): Variable {
    if (this.createGraph) return present === undefined ? gradient : add(present, gradient);
    if (present === undefined) return viewOf(gradient);
    const total = withRecording(false, () => add(present, gradient));
    present.value.release("it was added to another gradient");
    return total;
  }

  /** Walks the composed form of a fused operation, so that the walk can be differentiated again. */
  private visitTwin(node: Node, grads: readonly (Variable | undefined)[]): void {
    const results = withRecording(true, () => node.op.twin?.(node.inputs, node.attributes) ?? []);
    for (const [i, grad] of grads.entries()) if (grad !== undefined) this.add(results[i], grad);
    for (const inner of nodesUnder(results, (inner) => inner.id > node.id)) this.visit(inner);
  }

  visit(node: Node): void {
    const grads = this.waiting.get(node);
    this.waiting.delete(node);
    if (grads === undefined) return;
    const needs = node.inputs.map(needsGrad);
    if (this.createGraph) {
      if (node.op.twin === undefined)
        this.addAll(
          node,
          withRecording(true, () => vjp(node, grads, needs)),
        );
      else this.visitTwin(node, grads);
      return;
    }
    const results = withRecording(false, () => scope(() => vjp(node, grads, needs)));
    this.addAll(node, results);
    const others = new Set<Variable | undefined>([...node.inputs, ...node.results]);
    for (const result of results) if (!others.has(result)) result?.value.release("its operation was walked");
    for (const grad of grads) grad?.value.release("its operation was walked");
  }
}

function viewOf(variable: Variable): Variable {
  const { value } = variable;
  return new Variable(value.view(value.shape, value.strides, value.offset));
}

function vjp(
  node: Node,
  grads: readonly (Variable | undefined)[],
  needs: readonly boolean[],
): (Variable | undefined)[] {
  const { op, inputs, attributes, saved, results } = node;
  const found = op.vjp({ grads, inputs, outputs: results, saved, attributes, needs });
  return inputs.map((input, i) => {
    const gradient = needs[i] ? found[i] : undefined;
    return gradient === undefined ? undefined : sumTo(gradient, input.shape);
  });
}

function checkVersions(node: Node): void {
  for (const [i, input] of node.inputs.entries()) {
    if (input.value.storage.version === node.versions[i]) continue;
    throw new GraphError(
      `an input of ${node.op.name}, shape [${input.shape.join(", ")}], was changed in place between forward and backward`,
    );
  }
}

function consume(node: Node, loss: Variable): void {
  node.consumed = true;
  for (const saved of [...node.saved, ...node.constants]) saved.release("backward() consumed its graph");
  for (const result of node.results) {
    if (result === loss || result.retained) continue;
    result.value.release("backward() consumed the graph that it belongs to; use retain() or retainGraph");
  }
}
