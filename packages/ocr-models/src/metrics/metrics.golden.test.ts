import { expectRelative, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { RecMetric } from "./rec-metric.js";

interface MetricCase {
  kw: { ignore_space?: boolean; is_filter?: boolean };
  pairs: [string, string][];
  result: { acc: number; norm_edit_dis: number };
}

goldenSuite("RecMetric", () => {
  golden("text.json", (g) => {
    const { metric: cases } = g.case as { metric: MetricCase[] };
    for (const { kw, pairs, result } of cases) {
      const metric = new RecMetric({ ignoreSpace: kw.ignore_space, isFilter: kw.is_filter });
      for (const [read, target] of pairs) metric.add([{ text: read }], [{ text: target }]);
      const got = metric.result();
      const names = Object.keys(result) as (keyof MetricCase["result"])[];
      expectRelative(
        names.map((n) => got[n]),
        names.map((n) => result[n]),
        1e-12,
        `${JSON.stringify(kw)} ${names}`,
      );
    }
    g.compared(cases.length);
  });
});
