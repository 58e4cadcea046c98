import { ShapeError, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import type { Variable } from "../variable.js";
import * as ops from "./arithmetic.js";

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

const sigmoid: Unary = (x) => 1 / (1 + Math.exp(-x));
const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const signed = randomGrid([2, 3], { low: -5, high: 5 });
const positive = randomGrid([2, 3], { low: 0.2, high: 4 });
const special = gridOf([Number.NaN, Infinity, -Infinity, 0, -0, 88, -88, 200, -200, 1e-20]);

const unary: [name: string, op: (x: Variable) => Variable, expected: Unary, input?: Grid][] = [
  ["neg", ops.neg, (x) => -x],
  ["abs", ops.abs, Math.abs],
  ["square", ops.square, (x) => x * x],
  ["sqrt", ops.sqrt, Math.sqrt, positive],
  ["rsqrt", ops.rsqrt, (x) => 1 / Math.sqrt(x), positive],
  ["exp", ops.exp, Math.exp],
  ["log", ops.log, Math.log, positive],
  ["sigmoid", ops.sigmoid, sigmoid],
  ["tanh", ops.tanh, Math.tanh],
  ["relu", ops.relu, (x) => Math.max(x, 0)],
  ["swish", ops.swish, (x) => x * sigmoid(x)],
  ["hardSwish", ops.hardSwish, (x) => (x <= -3 ? 0 : x < 3 ? (x * (x + 3)) / 6 : x)],
  ["hardSigmoid", (x) => ops.hardSigmoid(x), (x) => clip(x / 6 + 0.5, 0, 1)],
  ["hardSigmoid of detection", (x) => ops.hardSigmoid(x, 0.2), (x) => clip(0.2 * x + 0.5, 0, 1)],
];

const samplesOf = ([name, call, f, input = signed]: (typeof unary)[number]): OpSample[] => {
  const expected = (x: Grid): Grid => gridOf(x.values.map(f), x.shape);
  return [
    { name: `${name} of a matrix`, call, inputs: [input], expected },
    { name: `${name} of nothing`, call, inputs: [gridOf([], [2, 0])], expected },
    { name: `${name} of a scalar`, call, inputs: [gridOf([0.75], [])], expected },
  ];
};

// 0 · Infinity has no value worth promising; these are defined at the ends.
const atTheEnds = unary
  .filter(([name]) => !["swish", "hardSwish"].includes(name))
  .map(([name, call, f]): OpSample => {
    const expected = (x: Grid): Grid => gridOf(x.values.map(Math.fround).map(f), x.shape);
    return {
      name: `${name} of special numbers`,
      call,
      inputs: [gridOf(special.values.map(Math.fround))],
      expected,
      order: 0,
    };
  });

const binary: [name: string, op: (x: Variable, y: Variable) => Variable, expected: Binary][] = [
  ["add", ops.add, (x, y) => x + y],
  ["sub", ops.sub, (x, y) => x - y],
  ["mul", ops.mul, (x, y) => x * y],
  ["div", ops.div, (x, y) => x / y],
  ["maximum", ops.maximum, Math.max],
  ["minimum", ops.minimum, Math.min],
  ["smoothL1", ops.smoothL1, (x, y) => (Math.abs(x - y) < 1 ? (x - y) ** 2 / 2 : Math.abs(x - y) - 0.5)],
];

const pairsOf = ([name, call, f]: (typeof binary)[number]): OpSample[] => [
  {
    name: `${name} of one shape`,
    call,
    inputs: [signed, randomGrid([2, 3], { seed: 2, low: 0.5, high: 3 })],
    expected: (x, y) => grid([2, 3], (i, j) => f(x.at(i, j), y.at(i, j))),
  },
  {
    name: `${name} of a matrix and a row`,
    call,
    inputs: [randomGrid([2, 2, 3]), randomGrid([3], { seed: 3, low: 0.5, high: 3 })],
    expected: (x, y) => grid([2, 2, 3], (b, i, j) => f(x.at(b, i, j), y.at(j))),
  },
  {
    name: `${name} of a column and a row`,
    call,
    inputs: [randomGrid([3, 1]), randomGrid([1, 2], { seed: 4, low: 0.5, high: 3 })],
    expected: (x, y) => grid([3, 2], (i, j) => f(x.at(i, 0), y.at(0, j))),
  },
  {
    name: `${name} of a scalar and a matrix`,
    call,
    inputs: [gridOf([0.75], []), randomGrid([2, 2], { seed: 5, low: 1, high: 3 })],
    expected: (x, y) => grid([2, 2], (i, j) => f(x.at(), y.at(i, j))),
  },
  {
    name: `${name} of an empty matrix and a row`,
    call,
    inputs: [gridOf([], [0, 3]), randomGrid([3])],
    expected: () => gridOf([], [0, 3]),
  },
];

describe("arithmetic", () => {
  it.each(opChecks(unary.flatMap(samplesOf)))("$name", ({ run }) => run());
  it.each(opChecks(atTheEnds))("$name", ({ run }) => run());
  it.each(opChecks(binary.flatMap(pairsOf)))("$name", ({ run }) => run());

  it("gives each side of a tie half of the gradient", () => {
    const tie = gridOf([1, 2, 3]);
    const half = (x: Grid): Grid => x;
    const call = (x: Variable): Variable => ops.mul(ops.maximum(x, x), 1);
    for (const { run } of opChecks([{ name: "tie", call, inputs: [tie], expected: half, order: 1 }]).slice(0, 5)) run();
  });

  it.each(binary)("%s names shapes that do not broadcast", (_, op) => {
    const [x, y] = [tensor([1, 2]), tensor([1, 2, 3])] as unknown as [Variable, Variable];
    expect(() => op(x, y)).toThrow(ShapeError);
    expect(() => op(x, y)).toThrow("shapes [2] and [3] do not broadcast: axis 0 has lengths 2 and 3");
  });
});
