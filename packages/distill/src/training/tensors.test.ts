import type { Batch } from "@retort/ocr-models/data";
import { expect, test } from "vitest";
import { countLabels, tensorsOf } from "./tensors.js";

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

test("losses get the NRTR labels that heads get, and those after the start that are no padding are counted", () => {
  const { heads, targets } = tensorsOf(batch, 1, 3);
  expect([...(targets.nrtr?.dataSync() ?? [])]).toEqual([...(heads.nrtr?.dataSync() ?? [])]);
  expect(countLabels(batch, 0)).toBe(2 + 3 + 2);
  expect(countLabels(batch, 0, 1, 3)).toBe(3 + 2);
});

test("of SAR labels those after the start that are not the padding class are counted, a 0 too", () => {
  const { label_gtc: _, ...fields } = batch.fields;
  const sar = ints([
    [8, 0, 8, 9],
    [8, 5, 0, 8],
    [8, 8, 9, 9],
  ]);
  expect(countLabels({ ...batch, fields: { ...fields, label_sar: sar } }, 9)).toBe(2 + 3 + 1);
  expect(countLabels({ ...batch, fields }, 9)).toBe(0);
});
