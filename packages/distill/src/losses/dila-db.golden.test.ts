import { backward, Variable } from "@retort/autograd";
import { type Tensor, tensor } from "@retort/tensor";
import { expectRelative, expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { dilaDbLoss } from "./dila-db.js";

goldenSuite("DilaDB loss", () => {
  golden(
    "loss-dila-db.safetensors",
    (g) => {
      const read = (name: string): Tensor => {
        const { data, shape } = g.floats(name);
        return tensor(data, shape);
      };
      const student = new Variable(read("in.maps"), { requiresGrad: true });
      const loss = dilaDbLoss(student, new Variable(read("const.teacher")), read("const.shrink_mask"));
      for (const name of ["loss", "dila_dbloss_Student_Teacher"]) {
        expectRelative(loss.value.dataSync(), g.floats(`out.${name}`).data, 1e-5, name);
      }
      const found = backward(loss).get(student)?.value.dataSync() ?? [];
      expectWithinMax(found, g.floats("grad.maps").data, 1e-5, "gradient");
    },
    { unused: /^const\.(shrink_map|threshold_map|threshold_mask)$/ },
  );
});
