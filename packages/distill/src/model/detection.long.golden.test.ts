import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { deep, expectNetworks } from "../../../../fixtures/networks.js";

const timeout = { timeout: 900_000 };

goldenSuite("several detection networks", () => {
  golden("model-det-v3-cml.safetensors", (g) => expectNetworks(g), timeout);
  golden("model-det-v3-dml.safetensors", (g) => expectNetworks(g, deep), timeout);
  golden("model-det-v4-cml.safetensors", (g) => expectNetworks(g, deep), timeout);
});
