import { expect } from "vitest";
import { golden, goldenSuite, uniform } from "../../../../fixtures/goldens.js";

goldenSuite("safetensors files and deterministic values", () => {
  for (const file of ["model-rec-v3-student.safetensors", "model-rec-v3-distillation.safetensors"]) {
    golden(
      file,
      (g) => {
        const image = g.floats("in.0");
        expect(image.data).toEqual(uniform("image", image.shape, (g.case as { salt: number }).salt));
      },
      { unused: /^(?!in\.0$)/ },
    );
  }
});
