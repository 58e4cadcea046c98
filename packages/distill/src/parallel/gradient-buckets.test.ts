import { backward, Gradients, mul, Parameter, sum, Variable } from "@retort/autograd";
import { memory, scope, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import type { Communicator } from "./communicator.js";
import { alone } from "./communicator.js";
import { GradientBuckets } from "./gradient-buckets.js";

/** Two ranks, of which the other one has gradients twice as large; `log` sees what is exchanged, and when. */
function twoRanks(log: string[] = [], others = 1): Communicator {
  return {
    ...alone,
    size: 2,
    startAllReduce(numbers) {
      log.push(`start ${numbers.length - 1}`);
      const count = numbers[numbers.length - 1];
      for (let i = 0; i < numbers.length; i++) numbers[i] *= 3;
      numbers[numbers.length - 1] = count + others * count;
      return { test: () => log.push(`test ${numbers.length - 1}`), wait: () => log.push(`wait ${numbers.length - 1}`) };
    },
  };
}

const parameter = (...values: number[]): Parameter => new Parameter(tensor(Float32Array.from(values)));

/** Gradients of Σ a, Σ 2 b and Σ 4 c; b twice in a row, so that its gradients have places of their own. */
function loss([a, b, c]: readonly Parameter[]): Variable {
  return sum(mul(mul(mul(sum(a), 1), sum(mul(b, 2))), sum(mul(c, 4))));
}

test("sums take the place of gradients, and buckets start in one order while the walk goes on", () => {
  const parameters = [parameter(1), parameter(1, 2), parameter(1, 2, 3), parameter(9)];
  const log: string[] = [];
  const buckets = new GradientBuckets(twoRanks(log), parameters, 8);
  const wanted = backward(loss(parameters));
  const plain = parameters.slice(0, 3).map((p) => [...(wanted.get(p) as Variable).value.dataSync()]);
  for (const round of [1, 2]) {
    log.length = 0;
    scope(() => {
      const gradients = new Gradients();
      backward(loss(parameters), { into: gradients, onGradient: (leaf, gradient) => buckets.ready(leaf, gradient) });
      buckets.finish(gradients);
      for (const [i, values] of plain.entries()) {
        const found = (gradients.get(parameters[i]) as Variable).value;
        expect([...found.dataSync()], `round ${round}`).toEqual(values.map((value) => 3 * value));
        expect(found.shape).toEqual(parameters[i].shape);
      }
      expect(gradients.has(parameters[3])).toBe(false);
    });
    // Nothing depends on the last parameter: its bucket, and those behind it, start at the end.
    expect(log.filter((line) => line.startsWith("start"))).toEqual(["start 4", "start 2", "start 1"]);
    expect(log.slice(-3)).toEqual(["wait 4", "wait 2", "wait 1"]);
  }
});

test("a bucket that is full starts before the walk has ended", () => {
  const parameters = [parameter(1), parameter(2)];
  const log: string[] = [];
  const buckets = new GradientBuckets(twoRanks(log), parameters, 4);
  const gradients = backward(mul(mul(parameters[0], 2), parameters[1]), {
    onGradient: (leaf, gradient) => {
      buckets.ready(leaf, gradient);
      log.push("walked on");
    },
  });
  expect(log).toEqual(["start 1", "test 1", "walked on", "start 1", "test 1", "test 1", "walked on"]);
  buckets.finish(gradients);
  expect(parameters.map((p) => (gradients.get(p) as Variable).item())).toEqual([3 * 4, 3 * 2]);
});

test("memory does not grow with steps", () => {
  const parameters = [parameter(1), parameter(1, 2), parameter(1, 2, 3)];
  const buckets = new GradientBuckets(twoRanks(), parameters);
  const step = (): void =>
    scope(() => {
      const gradients = new Gradients();
      backward(loss(parameters), { into: gradients, onGradient: (leaf, gradient) => buckets.ready(leaf, gradient) });
      buckets.finish(gradients);
    });
  step();
  const { tensors, bytes } = memory.stats();
  for (let i = 0; i < 5; i++) step();
  expect(memory.stats()).toMatchObject({ tensors, bytes });
});

test("ranks that have gradients of different parameters are told so", () => {
  const own = parameter(1);
  const buckets = new GradientBuckets(twoRanks([], 0), [own]);
  const gradients = new Gradients();
  gradients.set(own, new Variable(tensor(Float32Array.of(1))));
  expect(() => buckets.finish(gradients)).toThrow("this one of 1 of 1, all together of 1 instead of 2");
});
