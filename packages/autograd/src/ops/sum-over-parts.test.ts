import { tensor } from "@retort/tensor";
import { expect, it } from "vitest";
import { backward } from "../backward.js";
import { inParts } from "../testing/index.js";
import { type Variable, variable } from "../variable.js";
import { div, mul, square } from "./arithmetic.js";
import { sum } from "./sum.js";
import { sumOverParts } from "./sum-over-parts.js";

const [first, second] = [
  [3, -1, 2],
  [5, 0.5, 4, 1],
];
/** Σ x² / Σ x, which is no mean over parts. */
const quotient = (x: Variable, over: (x: Variable) => Variable = (x) => x): Variable =>
  div(over(sum(square(x))), over(sum(x)));
const floats = (values: readonly number[]): Variable => variable(tensor(Float64Array.from(values)));

it("makes the loss and the gradient of the whole batch from losses weighed with the parts' shares", () => {
  const whole = floats([...first, ...second]);
  const loss = quotient(whole);
  const value = loss.item();
  const wanted = backward(loss).get(whole)?.value.dataSync() ?? [];
  const found = inParts(2, (part, all) => {
    const values = [first, second][part];
    const x = floats(values);
    const weighted = mul(
      quotient(x, (own) => sumOverParts(own, all)),
      values.length / 7,
    );
    const value = weighted.item();
    return { value, gradient: [...(backward(weighted).get(x)?.value.dataSync() ?? [])] };
  });
  expect(found[0].value + found[1].value).toBeCloseTo(value, 12);
  for (const [i, slope] of found.flatMap(({ gradient }) => gradient).entries())
    expect(slope).toBeCloseTo(wanted[i], 12);
});

it("has a gradient of its gradient", () => {
  const secondOrder = (x: Variable, over?: (x: Variable) => Variable): number[] => {
    const gradient = backward(quotient(x, over), { createGraph: true }).get(x) as Variable;
    return [
      ...(backward(sum(square(gradient)))
        .get(x)
        ?.value.dataSync() ?? []),
    ];
  };
  // Two parts that are alike: the whole is one of them twice over, and each has half of its loss.
  const found = inParts(2, (_, all) => secondOrder(floats(first), (x) => mul(sumOverParts(x, all), 0.5)));
  for (const values of found) {
    for (const [i, value] of secondOrder(floats(first)).entries()) expect(values[i]).toBeCloseTo(value, 12);
  }
});

it("keeps shape and type, and is its operand where there is one part", () => {
  const x = tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const { shape, dtype, value } = sumOverParts(x, (numbers) => numbers.set(numbers.map((n) => 10 * n)));
  expect([shape, dtype, [...value.dataSync()]]).toEqual([[2, 2], "float32", [10, 20, 30, 40]]);
  const alone = variable(x);
  expect(sumOverParts(alone, undefined)).toBe(alone);
});
