import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { expectNetworks } from "../../../../fixtures/networks.js";

goldenSuite("recognition networks", () => {
  golden("model-rec-v3-student.safetensors", expectNetworks, { timeout: 240_000 });
  golden("model-rec-v2-distillation.safetensors", expectNetworks, { timeout: 240_000 });
  golden("model-rec-v4-student.safetensors", expectNetworks, { timeout: 240_000 });
});
