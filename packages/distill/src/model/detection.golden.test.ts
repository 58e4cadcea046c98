import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { expectNetworks } from "../../../../fixtures/networks.js";

goldenSuite("a detection network", () => {
  golden("model-det-v3-student.safetensors", (g) => expectNetworks(g), { timeout: 240_000 });
});
