import { expect, test } from "vitest";
import { evaluationLine } from "./evaluation-line.js";

test("every network has its metrics, the one that decides first and without a prefix", () => {
  const lines = { acc: 0.9, norm_edit_dis: 0.98, acc_usable: 0.91, Teacher_acc: 0.8 };
  expect(evaluationLine(lines, "Student")).toBe("Student acc 0.900 edit 0.980 acc of usable 0.910  Teacher acc 0.800");
});

test("boxes are measured by precision, recall and their mean, of every network", () => {
  const student = { precision: 0.75, recall: 0.6, hmean: 2 / 3 };
  const other = { Student2_precision: 0.5, Student2_recall: 1, Student2_hmean: 2 / 3 };
  expect(evaluationLine({ ...student, ...other }, "Student")).toBe(
    "Student precision 0.750 recall 0.600 hmean 0.667  Student2 precision 0.500 recall 1.000 hmean 0.667",
  );
});

test("a single network has no name", () => {
  expect(evaluationLine({ precision: 0, recall: 0, hmean: 0 }, "")).toBe("precision 0.000 recall 0.000 hmean 0.000");
});
