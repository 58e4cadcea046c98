import { expect, test } from "vitest";
import { jsonLine } from "./json-lines.js";
import { bestMetricLine, currentMetricLine, duration, linePrefix, type TrainingReport, trainingLine } from "./lines.js";

const report: TrainingReport = {
  epoch: 1,
  epochs: 800,
  step: 10,
  stats: { lr: 1e-6, acc: 0, norm_edit_dis: 0.0078125, dml_ctc_0: 12.5, loss: Number.NaN },
  readerCost: 0.1234567,
  batchCost: 1.5,
  samples: 128,
  ips: 85.33333333,
  eta: 93784.9,
};

// The form of the reference's own log (tools/program.py), as it prints these values.
test("a line of the training log", () => {
  expect(trainingLine(report)).toBe(
    "epoch: [1/800], global_step: 10, lr: 0.000001, acc: 0.000000, norm_edit_dis: 0.007812, dml_ctc_0: 12.500000, " +
      "loss: nanxxx, avg_reader_cost: 0.12346 s, avg_batch_cost: 1.50000 s, avg_samples: 128.0, " +
      "ips: 85.33333 samples/s, eta: 1 day, 2:03:04",
  );
});

test("infinite values are filled up to six characters", () => {
  const stats = { lr: Number.POSITIVE_INFINITY, loss: Number.NEGATIVE_INFINITY };
  expect(trainingLine({ ...report, stats })).toContain("lr: infxxx, loss: -infxx, ");
});

// Printed by Python 3.11: str(datetime.timedelta(seconds=...)).
test.each([
  [0, "0:00:00"],
  [61, "0:01:01"],
  [86399, "23:59:59"],
  [86400, "1 day, 0:00:00"],
  [200000, "2 days, 7:33:20"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test("the lines after an evaluation", () => {
  const metrics = { acc: 1, norm_edit_dis: 0.98765, Teacher_acc: Number.NaN };
  expect(currentMetricLine(metrics)).toBe("cur metric, acc: 1.0, norm_edit_dis: 0.98765, Teacher_acc: nan");
  expect(bestMetricLine({ acc: 0.5 }, 7)).toBe("best metric, acc: 0.5, is_float16: False, best_epoch: 7");
});

test("the prefix is local time", () => {
  expect(linePrefix(new Date(2026, 0, 2, 3, 4, 5))).toBe("[2026/01/02 03:04:05] ppocr INFO: ");
});

test("JSON lines hold one record each and keep values that JSON has no number for", () => {
  const line = jsonLine({ kind: "train", ...report });
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(JSON.parse(line)).toMatchObject({ kind: "train", step: 10, stats: { lr: 1e-6, loss: "NaN" }, samples: 128 });
  const evaluation = { kind: "eval", epoch: 1, step: 2, metrics: { acc: 0.5 }, best: true } as const;
  expect(JSON.parse(jsonLine(evaluation))).toEqual(evaluation);
});
