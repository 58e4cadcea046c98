import type { Batch } from "@retort/ocr-models/data";
import { expect, test } from "vitest";
import { rectangle } from "../../../../fixtures/rectangle.js";
import type { DbPostProcessConfig } from "../config/schema/post-process.js";
import { boxReader } from "./box-reader.js";
import type { FeatureValues } from "./reader.js";

const postProcess: DbPostProcessConfig = {
  decoder: "db",
  models: ["Student"],
  feature: "maps",
  options: {
    thresh: 0.3,
    boxThresh: 0.6,
    maxCandidates: 1000,
    unclipRatio: 1.5,
    useDilation: false,
    scoreMode: "fast",
    boxType: "quad",
  },
};

const [height, width] = [60, 80];
const text = { left: 20, top: 16, right: 59, bottom: 35 };

/** One picture of twice the map's size, with two labels: one where the map shows text, and one to ignore. */
function batchOf(): Batch {
  const label = [
    [30, 20, 130, 20, 130, 84, 30, 84],
    [0, 0, 8, 0, 8, 8, 0, 8],
  ];
  return {
    fields: {
      image: { data: new Float32Array(3 * height * width), shape: [1, 3, height, width] },
      shape: { data: Float32Array.of(2 * height, 2 * width, 0.5, 0.5), shape: [1, 4] },
      polys: { data: Float32Array.from(label.flat()), shape: [1, 2, 4, 2] },
      ignore_tags: { data: Int32Array.of(0, 1), shape: [1, 2] },
    },
    size: 1,
    paths: [""],
    texts: [""],
    unusable: [],
    epoch: 0,
    index: 0,
  };
}

function maps(): FeatureValues {
  const data = Float32Array.from({ length: height * width }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x >= text.left && x <= text.right && y >= text.top && y <= text.bottom ? 0.95 : 0.05;
  });
  return { shape: [1, 1, height, width], data };
}

test("boxes are those of the source picture, and are measured against its labels", async () => {
  const reader = await boxReader(postProcess);
  const batch = batchOf();
  const found = reader.read(maps(), batch);
  // The rectangle of 39 by 19 pixels grows by its area times 1.5, divided by its length.
  const grown = Math.round((39 * 19 * 1.5) / (2 * (39 + 19)));
  const [left, top] = [2 * (text.left - grown), 2 * (text.top - grown)];
  const [right, bottom] = [2 * (text.right + grown), 2 * (text.bottom + grown)];
  expect(found.map((boxes) => boxes.map(({ points }) => points))).toEqual([[rectangle(left, top, right, bottom)]]);
  const wanted = reader.wanted(batch);
  expect(wanted[0].map(({ ignore }) => ignore)).toEqual([false, true]);
  expect(wanted[0][0].points).toEqual([
    [30, 20],
    [130, 20],
    [130, 84],
    [30, 84],
  ]);
  const metric = reader.makeMetric();
  metric.add(found, wanted);
  expect(metric.result()).toEqual({ precision: 1, recall: 1, hmean: 1 });
});

test("what is missing from a batch is named", async () => {
  const reader = await boxReader(postProcess);
  const { fields, ...rest } = batchOf();
  const { shape: _, ...unsized } = fields;
  expect(() => reader.read(maps(), { ...rest, fields: unsized })).toThrow("evaluation of boxes needs shape");
  const { polys: __, ...unlabelled } = fields;
  expect(() => reader.wanted({ ...rest, fields: unlabelled })).toThrow(
    "evaluation of boxes needs polys: add it to KeepKeys",
  );
});
