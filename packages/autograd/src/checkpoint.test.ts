import { memory, Random, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "./backward.js";
import { checkpoint, isRecomputing } from "./checkpoint.js";
import { GraphError } from "./errors.js";
import { gradCheck } from "./grad-check.js";
import { BatchNorm } from "./nn/index.js";
import { add, mul, square, tanh } from "./ops/arithmetic.js";
import { dropout } from "./ops/dropout.js";
import { matmul } from "./ops/matmul.js";
import { sum } from "./ops/sum.js";
import { currentRandom, withRandom } from "./randomness.js";
import { noGrad } from "./tape.js";
import { randomGrid, toTensor } from "./testing/index.js";
import { needsGrad, Parameter, type Variable, variable } from "./variable.js";

const weight = new Parameter(toTensor(randomGrid([3, 3])));
const input = () => variable(toTensor(randomGrid([2, 3], { seed: 2 })));
const part = (x: Variable): Variable => tanh(matmul(tanh(matmul(x, weight)), weight));
const valuesOf = (x: Variable | undefined): number[] => [...(x?.value.dataSync() ?? [])];

function gradientsOf(run: (x: Variable) => Variable): { loss: number; x: number[]; weight: number[] } {
  const x = input();
  // The weight is also used outside, so that both gradients have to be added up.
  const loss = sum(mul(run(matmul(x, weight)), 2));
  const gradients = backward(loss);
  return { loss: loss.item(), x: valuesOf(gradients.get(x)), weight: valuesOf(gradients.get(weight)) };
}

describe("checkpoint", () => {
  it("gives the value and gradients of the part itself, also to parameters that it reads", () => {
    const found = gradientsOf((x) => checkpoint(part, [x]));
    expect(found).toEqual(gradientsOf(part));
    expect(found.weight).toHaveLength(9);
  });

  it("can be nested", () => {
    const found = gradientsOf((x) => checkpoint((y) => part(checkpoint(part, [y])), [x]));
    const expected = gradientsOf((x) => part(part(x)));
    expect(found.x).toEqual(expected.x);
    for (const [i, value] of expected.weight.entries()) expect(found.weight[i]).toBeCloseTo(value, 12);
  });

  it("keeps nothing of what is computed on the way", () => {
    const x = input();
    const before = memory.stats().tensors;
    const y = checkpoint((z) => [0, 1, 2, 3].reduce((a) => tanh(a), z), [x]);
    expect(memory.stats().tensors).toBe(before + 1);
    backward(sum(y));
    expect(memory.stats().tensors).toBe(before + 1);
  });

  it("draws the same masks again, and goes on drawing where the part ended", () => {
    const run = (through: (part: (x: Variable) => Variable, x: Variable) => Variable) =>
      withRandom(new Random(4), () => {
        const x = variable(toTensor(randomGrid([50])));
        const gradients = backward(sum(through((y) => square(dropout(y, 0.5)), x)));
        return { gradient: valuesOf(gradients.get(x)), state: currentRandom().state };
      });
    expect(run((f, x) => checkpoint(f, [x]))).toEqual(run((f, x) => f(x)));
  });

  it("tells the part when it is computed again", () => {
    const seen: boolean[] = [];
    const y = checkpoint(
      (x) => {
        seen.push(isRecomputing());
        return square(x);
      },
      [variable([1])],
    );
    backward(sum(y));
    expect(seen).toEqual([false, true]);
    expect(isRecomputing()).toBe(false);
  });

  it("moves running averages once", () => {
    const run = (through: (norm: BatchNorm, x: Variable) => Variable): number[] => {
      const norm = new BatchNorm(2);
      const x = variable(tensor([1, 2, 3, 4], [2, 2]));
      backward(sum(square(through(norm, x))));
      return [...norm._mean.value.dataSync(), ...norm._variance.value.dataSync()];
    };
    expect(run((norm, x) => checkpoint((y) => norm.forward(y), [x]))).toEqual(run((norm, x) => norm.forward(x)));
  });

  it("has gradients of second order", () => {
    gradCheck(
      (x, y) => checkpoint((a, b) => mul(tanh(a), square(b)), [x, y]),
      [toTensor(randomGrid([2, 2])), toTensor(randomGrid([2], { seed: 3 }))],
      { order: 2 },
    );
  });

  it("only runs the part where nothing is recorded or needs a gradient", () => {
    const y = noGrad(() => checkpoint(part, [input()]));
    expect(needsGrad(y)).toBe(false);
    expect(needsGrad(checkpoint((x) => square(x), [tensor([1])]))).toBe(false);
  });

  it("hands an input through", () => {
    const x = variable([1, 2]);
    expect(valuesOf(backward(sum(checkpoint((y) => y, [x]))).get(x))).toEqual([1, 1]);
  });

  it("refuses a part that reads a recorded variable besides its inputs", () => {
    const outside = square(variable([1]));
    expect(() => checkpoint((x) => add(x, outside), [variable([1])])).toThrow(GraphError);
    expect(() => checkpoint((x) => add(x, outside), [variable([1])])).toThrow(
      "checkpoint: the part reads a result of elementwise from outside: pass it among the inputs",
    );
  });
});
