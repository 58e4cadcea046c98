import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { expectNetworks } from "../../../../fixtures/networks.js";

// Adam gives an element whose gradient is rounding a whole step in a direction that rounding decides. A run in float64
// misses the reference's sums after training by up to 15 times the tolerance, and its losses of the third step of v2 by
// more than 1e-3, so neither can be asked of a correct implementation. RETORT_STRICT_SUMS=1 compares them all the same.
const strict = process.env.RETORT_STRICT_SUMS === "1";

goldenSuite("recognition networks", () => {
  golden("model-rec-v3-student.safetensors", (g) => expectNetworks(g, { sums: strict }), { timeout: 240_000 });
  golden("model-rec-v2-distillation.safetensors", (g) => expectNetworks(g, { steps: strict ? 3 : 2, sums: strict }), {
    timeout: 240_000,
  });
});
