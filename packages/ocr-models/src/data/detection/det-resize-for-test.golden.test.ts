import { Random } from "@retort/tensor/random";
import { expect } from "vitest";
import { compare, golden, goldenSuite } from "../../../../../fixtures/goldens.js";
import { normalizeImage } from "../normalize-image.js";
import type { Options } from "../options.js";
import type { Picture } from "../picture.js";
import type { Sample } from "../sample.js";
import { detResizeForTest } from "./det-resize-for-test.js";

/** Every third row and column of [height, width, 3]. */
function everyThird({ data, width, height }: Picture): number[] {
  const found: number[] = [];
  for (let y = 0; y < height; y += 3) {
    for (let x = 0; x < width; x += 3) found.push(...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
  }
  return found;
}

goldenSuite("DetResizeForTest", () => {
  golden(
    "resize.safetensors",
    async (g) => {
      const { det } = g.case as { det: { kw: Options; size: number[] }[] };
      const context = { random: new Random(0) };
      const normalize = normalizeImage({ scale: "1./255.", order: "hwc" });
      for (const [i, { kw, size }] of det.entries()) {
        const { data, shape } = g.bytes(`det.${i}.in`);
        const read = (): Promise<never> => Promise.reject(new Error("no file"));
        const picture = { data, height: shape[0], width: shape[1] };
        const sample: Sample = { path: "", label: "", read, picture, fields: {} };
        const resized = (await detResizeForTest(kw)(sample, context)) as Sample;
        const found = ((await normalize(resized, context)) as Sample).picture as Picture;
        expect([found.height, found.width, 3], `size of ${i}`).toEqual(size);
        compare(resized.fields.shape.data, g.floats(`det.${i}.shape`).data, `shape of ${i}`, () => 0);
        compare(everyThird(found), g.floats(`det.${i}.out`).data, `pixels of ${i}`, () => 1e-6);
      }
    },
    { unused: /^rec\./ },
  );
});
