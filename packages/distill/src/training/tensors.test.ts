import type { Batch } from "@retort/ocr-models/data";
import { expect, test } from "vitest";
import { tensorsOf } from "./tensors.js";

const ints = (rows: readonly (readonly number[])[]): Batch["fields"][string] => ({
  data: Int32Array.from(rows.flat()),
  shape: [rows.length, rows[0].length],
});

const batch: Batch = {
  fields: {
    image: { data: new Float32Array(3 * 12), shape: [3, 3, 2, 2] },
    label_gtc: ints([
      [2, 5, 3, 0, 0, 0],
      [2, 4, 6, 3, 0, 0],
      [2, 4, 3, 0, 0, 0],
    ]),
    length: { data: Int32Array.of(1, 2, 1), shape: [3] },
  },
  size: 3,
  paths: ["", "", ""],
  texts: ["", "", ""],
  unusable: [],
  epoch: 0,
  index: 0,
};

test("NRTR labels reach as far as the longest text of the whole batch, in every part of it", () => {
  const rows = (start?: number, end?: number): number[] => [
    ...(tensorsOf(batch, start, end).heads.nrtr?.dataSync() ?? []),
  ];
  expect(rows()).toEqual([2, 5, 3, 0, 2, 4, 6, 3, 2, 4, 3, 0]);
  expect(rows(2, 3)).toEqual([2, 4, 3, 0]);
  expect(tensorsOf(batch, 0, 1).heads.nrtr?.shape).toEqual([1, 4]);
});

test("a batch without them has none", () => {
  const { label_gtc: _, ...fields } = batch.fields;
  expect(tensorsOf({ ...batch, fields }).heads.nrtr).toBeUndefined();
  expect(() => tensorsOf({ ...batch, fields: {} })).toThrow('the batch has no field "image": add it to KeepKeys');
});
