import { expect, test } from "vitest";
import { parseHistory } from "./history.js";
import { type EvaluationRecord, jsonLine, type StepRecord } from "./json-lines.js";

const step = (n: number, loss = n): StepRecord => ({
  kind: "train",
  epoch: 1,
  epochs: 1,
  step: n,
  stats: { lr: 0.1, loss },
  readerCost: 0,
  batchCost: 1,
  samples: 4,
  ips: 4,
  eta: 0,
});
const evaluation = (n: number, acc: number): EvaluationRecord => ({
  kind: "eval",
  epoch: 1,
  step: n,
  metrics: { acc },
  best: true,
});
const text = (...records: (StepRecord | EvaluationRecord)[]): string => records.map(jsonLine).join("");

test("records come back as they were written, with values that JSON has no number for", () => {
  const records = [step(1, Number.NaN), step(2, Number.NEGATIVE_INFINITY), evaluation(2, 0.5), step(3)] as const;
  const { steps, evaluations } = parseHistory(text(...records), "metrics.jsonl");
  expect(steps).toEqual([records[0], records[1], records[3]]);
  expect(evaluations).toEqual([records[2]]);
});

test("what a training that was resumed did again counts once, as it was done last", () => {
  const before = text(step(10), step(20), evaluation(20, 0.1), step(30), step(40), evaluation(40, 0.2));
  const after = text(step(30, 7), step(40, 8), evaluation(40, 0.3), step(50, 9));
  const { steps, evaluations } = parseHistory(before + after, "metrics.jsonl");
  expect(steps.map((record) => [record.step, record.stats.loss])).toEqual([
    [10, 10],
    [20, 20],
    [30, 7],
    [40, 8],
    [50, 9],
  ]);
  expect(evaluations.map((record) => record.metrics.acc)).toEqual([0.1, 0.3]);
});

test("a training that began anew in the same folder replaces the one before", () => {
  const { steps, evaluations } = parseHistory(text(step(10), step(20), evaluation(20, 1), step(10, 3)), "m");
  expect(steps.map(({ stats }) => stats.loss)).toEqual([3]);
  expect(evaluations).toEqual([]);
});

test("a line that a killed training did not finish is left out; any other bad line is named", () => {
  const whole = text(step(1));
  expect(parseHistory(`${whole}{"kind":"tra`, "m").steps).toHaveLength(1);
  expect(() => parseHistory(`${whole}{"kind":"tra\n`, "run/metrics.jsonl")).toThrow(
    "run/metrics.jsonl, line 2 is no JSON",
  );
  expect(() => parseHistory(`{"kind":"other"}\n`, "m")).toThrow(
    'm, line 1: expected a record of kind "train" or "eval"',
  );
  expect(parseHistory("", "m")).toEqual({ steps: [], evaluations: [] });
});
