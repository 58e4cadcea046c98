import { Random } from "@retort/tensor/random";
import { expect } from "vitest";
import { compare, type Golden, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { dictionaryOf } from "../text/dictionary.js";
import { recConAug } from "./rec-con-aug.js";
import { pixelsOf, type Sample } from "./sample.js";

interface Case {
  first: number;
  others: number[];
  shape: number[];
  longest: number;
  label: string;
}

function sampleOf(g: Golden, index: number, label: string): Sample {
  const { data, shape } = g.bytes(`in.${index}`);
  const read = (): Promise<never> => Promise.reject(new Error("no file"));
  return { path: "", label, read, picture: { data, height: shape[0], width: shape[1] }, fields: {} };
}

goldenSuite("RecConAug", () => {
  // Made by fixtures/make-augment.py with OpenCV 5.0.
  golden("augment-joins.safetensors", async (g) => {
    for (const [i, { first, others, shape, longest, label }] of (g.case as Case[]).entries()) {
      const options = { prob: 1, image_shape: shape, max_text_length: longest, ext_data_num: others.length };
      const join = recConAug(options, { dictionary: dictionaryOf("abcd"), maxTextLength: 25 });
      const further = { sample: async (k: number) => sampleOf(g, others[k], "ab"), accepts: async () => true };
      const joined = (await join(sampleOf(g, first, "cd"), { random: new Random(0), further })) as Sample;
      const { data, width, height } = pixelsOf("the test", joined);
      const expected = g.bytes(`out.${i}`);
      expect(joined.label, `label of ${i}`).toBe(label);
      expect([height, width, 3], `shape of ${i}`).toEqual(expected.shape);
      compare(data, expected.data, `join ${i}`, () => 0);
    }
  });
});
