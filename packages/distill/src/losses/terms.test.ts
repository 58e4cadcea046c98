import { mean, mul, sub, sum, Variable } from "@retort/autograd";
import type { NetworkOutput } from "@retort/ocr-models";
import { tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { type ModelOutputs, pairwise, perModel } from "./terms.js";

const feature = (values: number[], shape: number[] = [values.length]): Variable => new Variable(tensor(values, shape));
const output = (head: Variable): NetworkOutput => ({ backbone_out: mul(head, 2), head_out: head });
const outputs: ModelOutputs = new Map([
  ["Teacher", output(feature([1, 2]))],
  ["Student", output(feature([4, 8]))],
  ["Small", output(feature([1], [1, 1]))],
]);
const distance = (a: Variable, b: Variable): Variable => sum(sub(a, b));
const options = { feature: "head_out", name: (a: string, b: string, i: number) => `${a}-${b}-${i}` } as const;
const values = (found: ReadonlyMap<string, Variable>): [string, number][] =>
  [...found].map(([name, value]) => [name, value.item()]);

test("pairs are compared in their order, under their names", () => {
  const pairs = [
    ["Student", "Teacher"],
    ["Teacher", "Student"],
  ] as const;
  expect(values(pairwise(distance, { ...options, pairs })(outputs, {}))).toEqual([
    ["Student-Teacher-0", 9],
    ["Teacher-Student-1", -9],
  ]);
  const backbone = pairwise(distance, { ...options, pairs, feature: "backbone_out" })(outputs, {});
  expect(backbone.get("Student-Teacher-0")?.item()).toBe(18);
});

test("an adapter changes the first feature of its own pair", () => {
  const pairs = [
    ["Student", "Teacher"],
    ["Student", "Teacher"],
  ] as const;
  const adapted = pairwise(distance, { ...options, pairs, adapt: [undefined, (x) => mul(x, 10)] })(outputs, {});
  expect([...adapted.values()].map((value) => value.item())).toEqual([9, 117]);
});

test("features of different shapes are refused with both names and shapes", () => {
  const compare = pairwise(distance, { ...options, pairs: [["Small", "Teacher"]] });
  expect(() => compare(outputs, {})).toThrow(
    "head_out of Small has shape [1, 1] and that of Teacher [2]: they can only be compared through an adapter",
  );
});

test("a network that is not there is an error", () => {
  const compare = pairwise(distance, { ...options, pairs: [["Student", "Techer"]] });
  expect(() => compare(outputs, {})).toThrow('no network "Techer" among Teacher, Student, Small');
});

test("each network is compared with the targets, under its name", () => {
  const labels = tensor(new Int32Array(2), [1, 2]);
  const seen: unknown[] = [];
  const term = perModel(
    (x, targets) => {
      seen.push(targets.sar);
      return mean(x);
    },
    { models: ["Teacher", "Student"], feature: "head_out", name: (model, i) => `${model}_${i}` },
  );
  expect(values(term(outputs, { sar: labels }))).toEqual([
    ["Teacher_0", 1.5],
    ["Student_1", 6],
  ]);
  expect(seen).toEqual([labels, labels]);
});

test("a loss may have several parts, each under a name of its own", () => {
  const parts = new Map([
    ["one", feature([1])],
    ["two", feature([2])],
  ]);
  const names = (a: string, b: string | number, c: string | number, d = ""): string => [a, b, c, d].join(" ");
  const pairs = [["Student", "Teacher"]] as const;
  expect(values(pairwise(() => parts, { feature: "head_out", pairs, name: names })(outputs, {}))).toEqual([
    ["Student Teacher 0 one", 1],
    ["Student Teacher 0 two", 2],
  ]);
  expect(values(perModel(() => parts, { feature: "head_out", models: ["Small"], name: names })(outputs, {}))).toEqual([
    ["Small 0 one ", 1],
    ["Small 0 two ", 2],
  ]);
});

test("a loss between two networks may look at the targets", () => {
  const labels = tensor(new Int32Array(2), [1, 2]);
  const seen: unknown[] = [];
  const look = pairwise(
    (a, _b, targets) => {
      seen.push(targets.sar);
      return sum(a);
    },
    { ...options, pairs: [["Student", "Teacher"]] },
  );
  look(outputs, { sar: labels });
  expect(seen).toEqual([labels]);
});
