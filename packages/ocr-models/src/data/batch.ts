import type { Field } from "./picture.js";
import type { Sample } from "./sample.js";
import type { BatchPlan } from "./sampler.js";
import type { Loaded, SimpleDataSet } from "./simple-data-set.js";
import type { Unusable } from "./unusable.js";

/** Samples side by side: every field has one more dimension in front. */
export interface Batch {
  /** In the order of KeepKeys. */
  fields: Record<string, Field>;
  /** Number of samples; 0 where none of them could be used, and then there are no fields. */
  size: number;
  /** Image file and label of each sample. */
  paths: string[];
  texts: string[];
  /** What could not be used and was left out (evaluation) or replaced (training). */
  unusable: Unusable[];
  /** Where the batch stands: counted from 0. */
  epoch: number;
  index: number;
}

/** One batch to load, and where it stands; plain data. */
export interface BatchRequest extends BatchPlan {
  epoch: number;
  index: number;
}

/** Loads the samples of the lines asked for and puts them side by side; they are decoded concurrently. */
export async function loadBatch(dataSet: SimpleDataSet, { lines, size, epoch, index }: BatchRequest): Promise<Batch> {
  const loaded = await Promise.all(lines.map((line) => dataSet.load(line, epoch, size)));
  const samples = loaded.flatMap(({ sample }) => sample ?? []);
  return { ...batchOf(samples), unusable: loaded.flatMap((result: Loaded) => result.unusable), epoch, index };
}

/**
 * Samples side by side, as the first batch of the first epoch.
 * @throws Error naming the field whose shapes differ, and the images
 */
export function batchOf(samples: readonly Sample[]): Batch {
  const fields: Record<string, Field> = {};
  for (const key of Object.keys(samples[0]?.fields ?? {})) {
    fields[key] = stack(
      key,
      samples.map((sample) => ({ field: sample.fields[key], path: sample.path })),
    );
  }
  return {
    fields,
    size: samples.length,
    paths: samples.map(({ path }) => path),
    texts: samples.map(({ label }) => label),
    unusable: [],
    epoch: 0,
    index: 0,
  };
}

function stack(key: string, parts: { field: Field; path: string }[]): Field {
  const [{ field: first, path: firstPath }] = parts;
  const size = first.data.length;
  const data =
    first.data instanceof Float32Array ? new Float32Array(size * parts.length) : new Int32Array(size * parts.length);
  parts.forEach(({ field, path }, i) => {
    if (field.shape.join() !== first.shape.join()) {
      throw new Error(
        `"${key}" of ${path} is [${field.shape}], of ${firstPath} [${first.shape}]: they do not fit in one batch`,
      );
    }
    data.set(field.data, i * size);
  });
  return { data, shape: [parts.length, ...first.shape] };
}
