import { DetMetric, RecMetric } from "@retort/ocr-models";
import { expect, test } from "vitest";
import { DistillationMetric } from "./distillation-metric.js";

const makeMetric = (): RecMetric => new RecMetric();
const texts = (text: string): { text: string }[] => [{ text }];

test("a key that no sub-network has is an error", () => {
  const options = { key: "Studnet", names: ["Student", "Teacher"], makeMetric };
  expect(() => new DistillationMetric(options)).toThrow('Metric.key is "Studnet"');
  expect(() => new DistillationMetric(options)).toThrow("Student, Teacher");
});

test("every announced sub-network must be there, and no other", () => {
  const metric = new DistillationMetric({ key: "S", names: ["S", "T"], makeMetric });
  expect(() => metric.add({ S: texts("a") }, texts("a"))).toThrow('predictions of "T" are missing');
  expect(() => metric.add({ S: texts("a"), T: texts("a"), U: texts("a") }, texts("a"))).toThrow('"U"');
});

test("unusable samples count for every sub-network, and reset forgets them", () => {
  const metric = new DistillationMetric({ key: "S", names: ["T", "S"], makeMetric });
  metric.add({ S: texts("a"), T: texts("b") }, texts("a"));
  metric.addUnusable(1);
  const result = metric.result();
  expect(Object.keys(result)).toEqual([
    "T_acc",
    "T_norm_edit_dis",
    "T_acc_usable",
    "acc",
    "norm_edit_dis",
    "acc_usable",
  ]);
  expect(result.acc).toBeCloseTo(0.5, 4);
  expect(result.acc_usable).toBeCloseTo(1, 4);
  metric.reset();
  expect(Object.keys(metric.result())).toEqual(["T_acc", "T_norm_edit_dis", "acc", "norm_edit_dis"]);
});

test("boxes are measured as readings are", () => {
  const metric = new DistillationMetric({
    key: "Student",
    names: ["Student", "Teacher"],
    makeMetric: () => new DetMetric(),
  });
  const points = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ] as const;
  metric.add({ Student: [[{ points }]], Teacher: [[]] }, [[{ points, ignore: false }]]);
  expect(metric.result()).toEqual({
    precision: 1,
    recall: 1,
    hmean: 1,
    Teacher_precision: 0,
    Teacher_recall: 0,
    Teacher_hmean: 0,
  });
});
