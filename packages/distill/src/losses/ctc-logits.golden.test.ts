import { backward, Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expectRelative, expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { ctcLogitsLoss } from "./ctc-logits.js";

goldenSuite("distillation of CTC logits", () => {
  golden("loss-distill-ctc-logits.safetensors", (g) => {
    const [a, b] = ["in.a", "in.b"].map((name) => {
      const { data, shape } = g.floats(name);
      return new Variable(tensor(data, shape), { requiresGrad: true });
    });
    const loss = ctcLogitsLoss(a, b);
    expectRelative(loss.value.dataSync(), g.floats("out.loss").data, 1e-5, "loss");
    const gradients = backward(loss);
    for (const [name, input] of Object.entries({ a, b })) {
      const found = gradients.get(input)?.value.dataSync() ?? [];
      expectWithinMax(found, g.floats(`grad.${name}`).data, 1e-5, `gradient of ${name}`);
    }
  });
});
