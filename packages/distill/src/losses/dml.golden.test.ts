import { backward, sum, Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expectRelative, expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { dmlLoss, dmlRows } from "./dml.js";

interface Case {
  readonly act: "softmax" | "sigmoid" | null;
  readonly use_log: boolean;
}

goldenSuite("DML loss", () => {
  for (const kind of ["none", "softmax-log", "softmax-nolog", "sigmoid-log"]) {
    golden(`loss-dml-${kind}.safetensors`, (g) => {
      const { act, use_log: useLog } = g.case as Case;
      const [a, b] = ["in.a", "in.b"].map((name) => {
        const { data, shape } = g.floats(name);
        return new Variable(tensor(data, shape), { requiresGrad: true });
      });
      // The reference keeps one value a sample without logarithms, and differentiates their sum.
      const options = { act: act ?? undefined, useLog };
      const loss = useLog ? dmlLoss(a, b, options) : dmlRows(a, b, options);
      expectRelative(loss.value.dataSync(), g.floats("out.loss").data, 1e-5, "loss");
      const gradients = backward(sum(loss));
      for (const [name, input] of Object.entries({ a, b })) {
        const found = gradients.get(input)?.value.dataSync() ?? [];
        expectWithinMax(found, g.floats(`grad.${name}`).data, 1e-5, `gradient of ${name}`);
      }
    });
  }
});
