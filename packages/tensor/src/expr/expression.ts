import { type Operand, Term, type TermOp } from "./term.js";

/** One step of an expression's program. */
export interface Instruction {
  readonly op: TermOp;
  /** Numbers of earlier steps. */
  readonly args: readonly number[];
  /** The number of a constant. */
  readonly value: number;
  /** Which input or parameter a leaf reads. */
  readonly index: number;
}

/** Leaves by name, given to the function that writes an expression. */
export type Leaves = Readonly<Record<string, Term>>;

/**
 * A scalar function of named inputs and scalar parameters, from which kernels and derivatives are made.
 * Parameters get their values with each call and cost no new kernel; a constant is part of the kernel.
 */
export class Expression {
  readonly inputs: readonly string[];
  readonly parameters: readonly string[];
  /** The formula, in which equal sub-terms are one object. */
  readonly root: Term;
  /** The formula as a list of steps without repetitions; the last one is the result. */
  readonly program: readonly Instruction[];
  /** Equal for expressions that compute the same program. */
  readonly key: string;

  /** `inputs` and `parameters` may name more than the formula uses, and must name all that it does. */
  constructor(inputs: readonly string[], parameters: readonly string[], formula: Term) {
    const numbering = new Numbering(inputs, parameters);
    this.inputs = inputs;
    this.parameters = parameters;
    this.root = numbering.terms[numbering.number(formula)];
    this.program = numbering.program;
    this.key = `${inputs.length}:${parameters.length}:${numbering.keys.join(";")}`;
  }

  /** Whether the result depends on an input. */
  uses(input: string): boolean {
    const index = this.inputs.indexOf(input);
    return this.program.some((step) => step.op === "input" && step.index === index);
  }

  /** The formula with terms in place of some inputs. */
  apply(terms: Readonly<Record<string, Operand>>): Term {
    const done = new Map<Term, Term>();
    const replace = (term: Term): Term => {
      const known = done.get(term);
      if (known) return known;
      const result = this.replaced(term, terms, replace);
      done.set(term, result);
      return result;
    };
    return replace(this.root);
  }

  private replaced(term: Term, terms: Readonly<Record<string, Operand>>, replace: (term: Term) => Term): Term {
    switch (term.op) {
      case "input":
        return Object.hasOwn(terms, term.name) ? Term.of(terms[term.name]) : term;
      case "parameter":
      case "constant":
        return term;
      default:
        return Term.call(term.op, ...term.args.map(replace));
    }
  }
}

/** Lists the steps of a formula, each distinct one once. */
class Numbering {
  readonly program: Instruction[] = [];
  readonly terms: Term[] = [];
  readonly keys: string[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly byTerm = new Map<Term, number>();
  private readonly names: Readonly<Record<"input" | "parameter", readonly string[]>>;

  constructor(inputs: readonly string[], parameters: readonly string[]) {
    this.names = { input: inputs, parameter: parameters };
  }

  number(term: Term): number {
    const known = this.byTerm.get(term);
    if (known !== undefined) return known;
    const args = term.args.map((arg) => this.number(arg));
    const index = term.op === "input" || term.op === "parameter" ? this.leaf(term.op, term.name) : 0;
    const constant = Object.is(term.value, -0) ? "-0" : `${term.value}`;
    const key = [term.op, ...args, ...(term.args.length === 0 ? [constant, index] : [])].join(" ");
    const at = this.byKey.get(key) ?? this.add(key, term, { op: term.op, args, value: term.value, index });
    this.byTerm.set(term, at);
    return at;
  }

  private leaf(op: "input" | "parameter", name: string): number {
    const index = this.names[op].indexOf(name);
    if (index < 0) throw new TypeError(`expression of (${this.names[op].join(", ")}) reads an unknown ${op} "${name}"`);
    return index;
  }

  private add(key: string, term: Term, step: Instruction): number {
    const same = term.args.every((arg, i) => arg === this.terms[step.args[i]]);
    const { op } = term;
    const isLeaf = op === "input" || op === "parameter" || op === "constant";
    this.terms.push(same || isLeaf ? term : Term.call(op, ...step.args.map((at) => this.terms[at])));
    this.program.push(step);
    this.byKey.set(key, this.keys.length);
    return this.keys.push(key) - 1;
  }
}

/**
 * Writes an expression: `expression(({ x }) => x.mul(clip(x.add(3), 0, 6)).div(6))`.
 * Every name read from the first argument becomes an input and every one from the second a scalar parameter, in the
 * order of reading; leaves that come in with other terms follow.
 */
export function expression(build: (inputs: Leaves, parameters: Leaves) => Operand): Expression {
  const names = { input: [] as string[], parameter: [] as string[] };
  const leaves = (op: "input" | "parameter"): Leaves =>
    new Proxy<Leaves>(
      {},
      {
        get(_target, name): Term {
          if (typeof name !== "string") throw new TypeError(`expression: ${op}s have names, found ${String(name)}`);
          remember(names[op], name);
          return Term.leaf(op, name);
        },
      },
    );
  const formula = Term.of(build(leaves("input"), leaves("parameter")));
  collect(formula, names, new Set());
  return new Expression(names.input, names.parameter, formula);
}

function remember(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}

function collect(term: Term, names: Record<"input" | "parameter", string[]>, seen: Set<Term>): void {
  if (seen.has(term)) return;
  seen.add(term);
  if (term.op === "input" || term.op === "parameter") remember(names[term.op], term.name);
  for (const arg of term.args) collect(arg, names, seen);
}
