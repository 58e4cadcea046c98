import { expectRelative, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import type { Point } from "../geometry/polygon.js";
import { DetMetric } from "./det-metric.js";

interface Case {
  readonly images: readonly { readonly pred: Point[][]; readonly gt: Point[][]; readonly ignore: boolean[] }[];
  readonly result: Readonly<Record<"precision" | "recall" | "hmean", number>>;
}

goldenSuite("DetMetric", () => {
  golden("det-metric.json", (g) => {
    const { images, result } = g.case as Case;
    const metric = new DetMetric();
    for (const { pred, gt, ignore } of images) {
      metric.add([pred.map((points) => ({ points }))], [gt.map((points, i) => ({ points, ignore: ignore[i] }))]);
    }
    const got = metric.result();
    expectRelative(
      [got.precision, got.recall, got.hmean],
      [result.precision, result.recall, result.hmean],
      1e-12,
      "precision, recall, hmean",
    );
    g.compared(Object.keys(result).length);
  });
});
