import { RecMetric } from "@retort/ocr-models";
import { expect } from "vitest";
import { expectRelative, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { DistillationMetric } from "./distillation-metric.js";

goldenSuite("DistillationMetric", () => {
  golden("text.json", (g) => {
    const { metric: cases, distillation_metric: expected } = g.case as {
      metric: { pairs: [string, string][] }[];
      distillation_metric: Record<string, number>;
    };
    const read = cases[0].pairs.map(([text]) => ({ text }));
    const targets = cases[0].pairs.map(([, text]) => ({ text }));
    const metric = new DistillationMetric({
      key: "Student",
      names: ["Student", "Teacher"],
      makeMetric: () => new RecMetric({ ignoreSpace: false }),
    });
    metric.add({ Student: read, Teacher: targets }, targets);
    const got = metric.result();
    expect(Object.keys(got)).toEqual(Object.keys(expected));
    expectRelative(Object.values(got), Object.values(expected), 1e-12, "distillation metric");
    g.compared(Object.keys(expected).length);
  });
});
