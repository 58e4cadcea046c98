import { backward, Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expectRelative, expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { type DistanceMode, distanceLoss } from "./distance.js";

goldenSuite("distance loss", () => {
  for (const mode of ["l1", "l2", "smooth_l1"] satisfies DistanceMode[]) {
    golden(`loss-distance-${mode}.safetensors`, (g) => {
      const [a, b] = ["in.a", "in.b"].map((name) => {
        const { data, shape } = g.floats(name);
        return new Variable(tensor(data, shape), { requiresGrad: true });
      });
      const loss = distanceLoss(a, b, mode);
      expectRelative(loss.value.dataSync(), g.floats("out.loss").data, 1e-5, "loss");
      const gradients = backward(loss);
      for (const [name, input] of Object.entries({ a, b })) {
        const found = gradients.get(input)?.value.dataSync() ?? [];
        expectWithinMax(found, g.floats(`grad.${name}`).data, 1e-5, `gradient of ${name}`);
      }
    });
  }
});
