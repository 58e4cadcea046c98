import { expect, test } from "vitest";
import { check, type Schema } from "./build.js";
import { loss } from "./loss.js";
import { metric } from "./metric.js";
import { postProcess } from "./post-process.js";

/** The value of a schema, which has to accept it. */
function read<T>(schema: Schema<T>, value: unknown): T {
  const result = check(schema, value);
  if (!result.success) throw new Error(result.error.issues.map((issue) => issue.message).join("; "));
  return result.data;
}

const options = { alpha: 5, beta: 10, mainLoss: "DiceLoss", balance: true, negativeRatio: 3, epsilon: 1e-6 };
const combined = (term: unknown): unknown => ({ name: "CombinedLoss", loss_config_list: [term] });
const problem = (schema: Schema<unknown>, value: unknown): string =>
  (check(schema, value).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n");

test("a DBLoss alone", () => {
  expect(read(loss, { name: "DBLoss" })).toEqual({
    name: "DBLoss",
    terms: [{ kind: "DBLoss", weight: 1, ramp: undefined, options, reads: {} }],
  });
  const own = { balance_loss: true, main_loss_type: "BCELoss", alpha: "1e-1", beta: 2, ohem_ratio: 1, eps: 0.5 };
  expect(read(loss, { name: "DBLoss", ...own }).terms).toMatchObject([
    { options: { alpha: 0.1, beta: 2, mainLoss: "BCELoss", balance: true, negativeRatio: 1, epsilon: 0.5 } },
  ]);
});

test("the losses of several networks, named as the reference names them", () => {
  const term = { DistillationDBLoss: { weight: 2, model_name_list: "Student" } };
  expect(read(loss, combined(term)).terms).toMatchObject([
    { kind: "DistillationDBLoss", weight: 2, models: ["Student"], options, logName: "db" },
  ]);
  const { beta: _, ...ofStudents } = options;
  const dila = { DistillationDilaDBLoss: { weight: 1, model_name_pairs: ["Student", "Teacher"], key: "maps" } };
  expect(read(loss, combined(dila)).terms).toEqual([
    {
      kind: "DistillationDilaDBLoss",
      weight: 1,
      ramp: undefined,
      pairs: [["Student", "Teacher"]],
      options: ofStudents,
      reads: { key: "maps" },
      logName: "dila_dbloss",
    },
  ]);
});

test("mutual learning names one map or several", () => {
  const dml = (more: unknown): unknown =>
    combined({ DistillationDMLLoss: { weight: 1, model_name_pairs: ["A", "B"], ...(more as object) } });
  expect(read(loss, dml({ maps_name: "thrink_maps" })).terms).toMatchObject([{ maps: ["thrink_maps"] }]);
  expect(read(loss, dml({ maps_name: ["shrink_maps", "binary_maps"] })).terms).toMatchObject([
    { maps: ["shrink_maps", "binary_maps"] },
  ]);
  expect(read(loss, dml({ maps_name: null })).terms).toMatchObject([{ maps: undefined }]);
  expect(problem(loss, dml({ maps_name: "srink_maps" }))).toContain('did you mean "shrink_maps"?');
  const adapted = dml({ maps_name: "binary_maps", adapter: { type: "resize" } });
  expect(problem(loss, adapted)).toContain("maps_name: names maps of a DB head, which go with no adapter");
});

test("a loss that would be no single number is refused", () => {
  const value = { name: "DBLoss", main_loss_type: "BCELoss", balance_loss: false };
  expect(problem(loss, value)).toBe(
    "balance_loss: is false, but a BCELoss that is not balanced has a value at every pixel",
  );
});

test("boxes: the distilled form has other defaults", () => {
  const defaults = { thresh: 0.3, maxCandidates: 1000, useDilation: false, scoreMode: "fast", boxType: "quad" };
  expect(read(postProcess, { name: "DBPostProcess" })).toEqual({
    decoder: "db",
    options: { ...defaults, boxThresh: 0.7, unclipRatio: 2 },
    reads: {},
  });
  const several = { name: "DistillationDBPostProcess", model_name: ["Student", "Teacher"], key: "head_out" };
  expect(read(postProcess, several)).toEqual({
    decoder: "db",
    models: ["Student", "Teacher"],
    options: { ...defaults, boxThresh: 0.6, unclipRatio: 1.5 },
    reads: {},
  });
  expect(problem(postProcess, { name: "DBPostProcess", box_type: "circle" })).toContain(
    'box_type: expected one of "quad", "poly"',
  );
});

test("the metric", () => {
  expect(read(metric, { name: "DetMetric" })).toEqual({ base: "DetMetric", mainIndicator: "hmean" });
  const distilled = { name: "DistillationMetric", base_metric_name: "DetMetric", key: "Student" };
  expect(read(metric, { ...distilled, main_indicator: "recall" })).toEqual({
    base: "DetMetric",
    mainIndicator: "recall",
    key: "Student",
  });
  expect(problem(metric, { ...distilled, ignore_space: false })).toContain("unknown key; known here: name, key");
  expect(problem(metric, { ...distilled, base_metric_name: "DetMetrik" })).toContain('did you mean "DetMetric"?');
});
