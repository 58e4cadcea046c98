import { expect, test } from "vitest";
import { fakeRun } from "../../testing/fake-engine.js";
import { decidingNetworkOf, mainMetricOf, median, namesOf, networksOf, trainingSeconds } from "./reported-run.js";

test("runs are called by as much of their folders as tells them apart", () => {
  expect(namesOf(["output/a", "./output/b/"])).toEqual(["a", "b"]);
  expect(namesOf(["x/run", "y/run"])).toEqual(["x/run", "y/run"]);
  expect(namesOf(["a/run", "b/a/run"])).toEqual(["a/run", "b/a/run"]);
  expect(namesOf(["run", "run"])).toEqual(["run", "run"]);
  expect(namesOf(["/"])).toEqual(["/"]);
});

test("what an earlier version did not record is found in the config or the metrics' names", () => {
  const { history, ...run } = fakeRun("x");
  const old = {
    ...run,
    history: { ...history, evaluations: history.evaluations.map(({ network: _, ...record }) => record) },
  };
  expect(decidingNetworkOf({ ...run, history })).toBe("Student");
  expect(decidingNetworkOf(old)).toBe("");
  const checkpoint = { config: { Metric: { key: "Student2" } } } as unknown as typeof run.checkpoint;
  expect(decidingNetworkOf({ ...old, checkpoint })).toBe("Student2");
  expect(networksOf(history.evaluations[0], "Student")).toEqual({
    Student: { acc: 0.5, norm_edit_dis: 0.5 },
    Teacher: { acc: 0.9, norm_edit_dis: 0.95 },
  });
  const networks = { A: { acc: 1 } };
  expect(networksOf({ ...history.evaluations[0], networks }, "Student")).toEqual(networks);
});

test("time, median and metric of a run", () => {
  const run = fakeRun("x");
  expect(trainingSeconds(run)).toBe(10);
  expect(mainMetricOf(run)).toBe("acc");
  expect(mainMetricOf({ ...run, history: { steps: [], evaluations: [] } })).toBeUndefined();
  const boxes = run.history.evaluations.map((record) => ({ ...record, metrics: { hmean: 1 } }));
  expect(mainMetricOf({ ...run, history: { steps: [], evaluations: boxes } })).toBe("hmean");
  expect([median([3, 1, 2]), median([])]).toEqual([2, undefined]);
});
