import type { Batch } from "@retort/ocr-models/data";

/** The first samples of a batch, at most `count`, as a batch of their own. */
export function firstSamples(batch: Batch, count: number): Batch {
  const size = Math.min(batch.size, count);
  const fields = Object.fromEntries(
    Object.entries(batch.fields).map(([name, { data, shape }]) => [
      name,
      { data: data.slice(0, (data.length / batch.size) * size), shape: [size, ...shape.slice(1)] },
    ]),
  );
  return { ...batch, fields, size, paths: batch.paths.slice(0, size), texts: batch.texts.slice(0, size) };
}
