import { type Random, randomUniform, tensor } from "@retort/tensor";
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
}

const shortest = 5;
const longest = 23;

/**
 * Images of noise from -1 to 1, with texts of 5 to 23 random characters (fewer where `maxTextLength` leaves no room),
 * encoded for a CTC and a SAR head as `MultiLabelEncode` does.
 */
export function randomBatch(shape: BatchShape, random: Random): BatchTensors {
  const { batch, height, width, maxTextLength, classes } = shape;
  const most = Math.min(longest, maxTextLength - 2);
  const least = Math.min(shortest, most);
  const lengths = Int32Array.from({ length: batch }, () => least + random.integer(most - least + 1));
  const ctc = new Int32Array(batch * maxTextLength);
  const sar = new Int32Array(batch * maxTextLength).fill(classes.sarIgnoreIndex);
  const startAndEnd = classes.sarIgnoreIndex - 1;
  lengths.forEach((length, b) => {
    const row = b * maxTextLength;
    sar[row] = startAndEnd;
    for (let i = 0; i < length; i++) {
      const character = random.integer(classes.ctc - 1);
      ctc[row + i] = character + 1;
      sar[row + i + 1] = character;
    }
    sar[row + length + 1] = startAndEnd;
  });
  const labels = tensor(sar, [batch, maxTextLength]);
  return {
    images: randomUniform([batch, 3, height, width], -1, 1, [random.uint32(), random.uint32()], 0),
    heads: { labels, validRatio: new Float32Array(batch).fill(1) },
    targets: {
      ctc: { labels: tensor(ctc, [batch, maxTextLength]), lengths: tensor(lengths, [batch]) },
      sar: labels,
    },
  };
}

/** So many random batches, each made when it is asked for. */
export function* randomParts(shape: BatchShape, random: Random, count: number): Generator<BatchTensors> {
  for (let i = 0; i < count; i++) yield randomBatch(shape, random);
}
