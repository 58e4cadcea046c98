import { batchOf } from "@retort/ocr-models/data";
import { expect, test } from "vitest";
import { firstSamples } from "./first-samples.js";

const samples = ["a", "b", "c"].map((label, i) => ({
  path: `${label}.png`,
  label,
  read: () => Promise.reject(new Error("not read")),
  fields: {
    image: { data: Float32Array.of(i, i + 0.5), shape: [1, 2] },
    length: { data: Int32Array.of(i), shape: [] },
  },
}));

test("the first samples are the batch that they alone would have been", () => {
  expect(firstSamples(batchOf(samples), 2)).toEqual(batchOf(samples.slice(0, 2)));
  expect(firstSamples(batchOf(samples), 5)).toEqual(batchOf(samples));
});
