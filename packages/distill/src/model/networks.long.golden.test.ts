import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { expectNetworks } from "../../../../fixtures/networks.js";

goldenSuite("several recognition networks", () => {
  golden("model-rec-v3-distillation.safetensors", expectNetworks, { timeout: 240_000 });
  golden("model-rec-v3-three-networks.safetensors", expectNetworks, { timeout: 240_000 });
});
