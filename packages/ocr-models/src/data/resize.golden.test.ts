import { Random } from "@retort/tensor/random";
import { expect, test } from "vitest";
import { compare, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { loadOpenCv } from "./opencv.js";
import { recResizeImg, svtrRecResizeImg } from "./rec-resize-img.js";
import type { Sample } from "./sample.js";

/** Every 4th column of [3, height, width]. */
function everyFourth(data: Float32Array, width: number): Float32Array {
  return data.filter((_, i) => (i % width) % 4 === 0);
}

goldenSuite("RecResizeImg and SVTRRecResizeImg", () => {
  golden(
    "resize.safetensors",
    async (g) => {
      const { rec } = g.case as { rec: { valid_ratio: number }[] };
      const options = { image_shape: [3, 48, 320] };
      for (const resize of [recResizeImg(options), svtrRecResizeImg(options)]) {
        for (const [i, { valid_ratio }] of rec.entries()) {
          const { data, shape } = g.bytes(`rec.${i}.in`);
          const picture = { data, height: shape[0], width: shape[1] };
          const sample: Sample = {
            path: "",
            label: "",
            read: () => Promise.reject(new Error("no file")),
            picture,
            fields: {},
          };
          const { fields } = (await resize(sample, { random: new Random(0) })) as Sample;
          expect(fields.image.shape).toEqual([3, 48, 320]);
          expect(fields.valid_ratio.data[0]).toBe(Math.fround(valid_ratio));
          const got = everyFourth(fields.image.data as Float32Array, 320);
          compare(got, g.floats(`rec.${i}.out`).data, `rec.${i}.out`, () => 0);
        }
      }
    },
    { unused: /^det\./ },
  );
});

test("OpenCV is loaded once", async () => {
  expect(await loadOpenCv()).toBe(await loadOpenCv());
});
