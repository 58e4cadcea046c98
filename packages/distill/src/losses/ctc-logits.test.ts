import { type Variable, variable } from "@retort/autograd";
import { Random, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { check, divergenceLaws, logits, pairOf } from "../testing/index.js";
import { ctcLogitsLoss } from "./ctc-logits.js";

const classes = 5;

test("laws", () => {
  const loss = (a: Variable, b: Variable): Variable => ctcLogitsLoss(a, b);
  check(loss, { inputs: pairOf(logits({ classes })), laws: divergenceLaws });
});

test("means over time of sharpened probabilities are compared, the blank's logit having changed its sign", () => {
  const random = new Random(6);
  const [batch, steps] = [2, 3];
  const sides = [0, 1].map(() => Array.from({ length: batch * steps * classes }, () => random.normal()));
  let wanted = 0;
  for (let b = 0; b < batch; b++) {
    const [p, q] = sides.map((values) => {
      const mean = new Array<number>(classes).fill(0);
      for (let t = 0; t < steps; t++) {
        const from = (b * steps + t) * classes;
        const exps = values.slice(from, from + classes).map((x, c) => Math.exp((c === 0 ? -x : x) / 0.5));
        for (let c = 0; c < classes; c++) mean[c] += exps[c] / exps.reduce((x, y) => x + y) / steps;
      }
      return mean;
    });
    for (let c = 0; c < classes; c++) wanted += (q[c] * Math.log((q[c] + 1e-6) / (p[c] + 1e-6) + 1e-6)) / batch;
  }
  const [student, teacher] = sides.map((values) => variable(tensor(values, [batch, steps, classes], "float64")));
  expect(ctcLogitsLoss(student, teacher).item()).toBeCloseTo(wanted, 12);
});

test("the outputs stay as they are", () => {
  const values = [1, 2, 3, 4, 5];
  const x = variable(tensor(values, [1, 1, classes]));
  ctcLogitsLoss(x, x);
  expect([...x.value.dataSync()]).toEqual(values);
});
