import type { DbTarget } from "@retort/ocr-models";
import {
  type Expression,
  evaluate,
  expression,
  ones,
  type Random,
  randomUniform,
  scope,
  type Tensor,
  tensor,
} from "@retort/tensor";
import type { ClassCounts } from "../config/classes.js";
import type { BatchTensors } from "../training/tensors.js";

/** What a random batch looks like. */
export interface BatchShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** Length of the label rows; a text has at most two characters less. */
  readonly maxTextLength: number;
  readonly classes: ClassCounts;
  /** Whether it has the maps that a DB head learns. Default false. */
  readonly maps?: boolean;
}

const shortest = 5;
const longest = 23;

/** What encodes texts for a head: the first of its classes that is a character, and those around a text. */
interface Encoding {
  readonly first: number;
  readonly start?: number;
  readonly end?: number;
  readonly padding: number;
}

/** Rows of `columns` labels for texts of characters counted from 0. */
function encoded(texts: readonly Int32Array[], columns: number, { first, start, end, padding }: Encoding): Int32Array {
  const rows = new Int32Array(texts.length * columns).fill(padding);
  for (const [b, text] of texts.entries()) {
    const row = [start, ...Array.from(text, (character) => character + first), end].filter((x) => x !== undefined);
    rows.set(row, b * columns);
  }
  return rows;
}

/**
 * Images of noise from -1 to 1, with texts of 5 to 23 random characters (fewer where `maxTextLength` leaves no room),
 * encoded for a CTC, a SAR and an NRTR head as `MultiLabelEncode` does; NRTR's as if one text had the greatest length.
 * A tenth of the pixels of maps is text.
 */
export function randomBatch(shape: BatchShape, random: Random): BatchTensors {
  const { batch, height, width, maxTextLength, classes, maps = false } = shape;
  const most = Math.min(longest, maxTextLength - 2);
  const least = Math.min(shortest, most);
  const lengths = Int32Array.from({ length: batch }, () => least + random.integer(most - least + 1));
  const texts = Array.from(lengths, (length) => Int32Array.from({ length }, () => random.integer(classes.ctc - 1)));
  const { sarIgnoreIndex: padding } = classes;
  const labelsOf = (columns: number, encoding: Encoding) => tensor(encoded(texts, columns, encoding), [batch, columns]);
  const sar = labelsOf(maxTextLength, { first: 0, start: padding - 1, end: padding - 1, padding });
  const nrtr = labelsOf(most + 2, { first: 4, start: 2, end: 3, padding: 0 });
  return {
    images: randomUniform([batch, 3, height, width], -1, 1, random.words(), 0),
    heads: {
      labels: sar,
      validRatio: new Float32Array(batch).fill(1),
      nrtr,
    },
    targets: {
      ctc: { labels: labelsOf(maxTextLength, { first: 1, padding: 0 }), lengths: tensor(lengths, [batch]) },
      sar,
      nrtr,
      db: maps ? randomMaps([batch, height, width], random) : undefined,
    },
  };
}

/** How many pixels of a random map are text. */
const textShare = 0.1;

const isText: Expression = expression(({ x }, { limit }) => x.le(limit));

/** Maps of pixels that are text at random; all count. */
function randomMaps(shape: readonly number[], random: Random): DbTarget {
  const uniform = (low: number, high: number): Tensor => randomUniform(shape, low, high, random.words(), 0);
  return {
    thresholdMap: uniform(0.3, 0.7),
    thresholdMask: ones(shape),
    shrinkMap: scope(() => evaluate(isText, [uniform(0, 1)], [textShare])),
    shrinkMask: ones(shape),
  };
}

/** So many random batches, each made when it is asked for. */
export function* randomParts(shape: BatchShape, random: Random, count: number): Generator<BatchTensors> {
  for (let i = 0; i < count; i++) yield randomBatch(shape, random);
}
