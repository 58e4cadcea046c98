import { backward, Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expectRelative, expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { klDivLoss } from "./kldiv.js";

goldenSuite("KL divergence", () => {
  for (const kind of ["kldiv", "kldiv-masked"]) {
    golden(`loss-${kind}.safetensors`, (g) => {
      const [a, b] = ["in.a", "in.b"].map((name) => {
        const { data, shape } = g.floats(name);
        return new Variable(tensor(data, shape), { requiresGrad: true });
      });
      const mask = g.has("const.mask") ? tensor(g.bytes("const.mask").data, a.shape.slice(0, 2)) : undefined;
      const loss = klDivLoss(a, b, mask);
      expectRelative(loss.value.dataSync(), g.floats("out.loss").data, 1e-5, "loss");
      const gradients = backward(loss);
      for (const [name, input] of Object.entries({ a, b })) {
        const found = gradients.get(input)?.value.dataSync() ?? [];
        expectWithinMax(found, g.floats(`grad.${name}`).data, 1e-5, `gradient of ${name}`);
      }
    });
  }
});
