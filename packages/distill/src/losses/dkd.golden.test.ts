import { backward, Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expectRelative, expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { type DkdOptions, dkdLoss } from "./dkd.js";

goldenSuite("DKD loss", () => {
  for (const kind of ["dkd", "dkd-t2"]) {
    golden(`loss-${kind}.safetensors`, (g) => {
      const [a, b] = ["in.a", "in.b"].map((name) => {
        const { data, shape } = g.floats(name);
        return new Variable(tensor(data, shape), { requiresGrad: true });
      });
      const target = g.ints("const.target");
      const loss = dkdLoss(a, b, tensor(target.data, target.shape), g.case as DkdOptions);
      expectRelative(loss.value.dataSync(), g.floats("out.loss").data, 1e-5, "loss");
      const gradients = backward(loss);
      for (const [name, input] of Object.entries({ a, b })) {
        const found = gradients.get(input)?.value.dataSync() ?? [];
        expectWithinMax(found, g.floats(`grad.${name}`).data, 1e-5, `gradient of ${name}`);
      }
    });
  }
});
