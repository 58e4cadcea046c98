import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { expectNetworks } from "../../../../fixtures/networks.js";

// What `strict` adds is explained in networks.golden.test.ts.
const strict = process.env.RETORT_STRICT_SUMS === "1";

goldenSuite("several recognition networks", () => {
  for (const name of ["v3-distillation", "v3-three-networks"]) {
    golden(`model-rec-${name}.safetensors`, (g) => expectNetworks(g, { sums: strict }), { timeout: 240_000 });
  }
});
