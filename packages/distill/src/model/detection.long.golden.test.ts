import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { expectNetworks } from "../../../../fixtures/networks.js";

goldenSuite("several detection networks", () => {
  for (const name of ["v3-dml", "v3-cml", "v4-cml"]) {
    golden(`model-det-${name}.safetensors`, (g) => expectNetworks(g), { timeout: 600_000 });
  }
});
