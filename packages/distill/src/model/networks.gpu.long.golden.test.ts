import { withDevice } from "@retort/tensor";
import { gpuDevice } from "@retort/tensor/gpu";
import { expect } from "vitest";
import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { expectFirstStep } from "../../../../fixtures/networks.js";

goldenSuite("a recognition network on the GPU device", () => {
  golden(
    "model-rec-v3-student.safetensors",
    async (g) => {
      const gpu = await gpuDevice("webasm");
      withDevice(gpu, () => expectFirstStep(g));
      expect([...gpu.fallbacks.keys()].sort()).toEqual(["ctc", "ctcGrad"]);
      gpu.destroy();
    },
    { timeout: 900_000, unused: /^after\.norm_sum$/ },
  );
});
