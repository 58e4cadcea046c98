import type { Dictionary } from "@retort/ocr-models";

/** How many classes each head has. */
export interface ClassCounts {
  /** The characters and the blank, which is class 0. */
  ctc: number;
  /** The characters, an unknown one, start and end (one class), and padding. */
  sar: number;
  /** The class that pads SAR labels: no loss comes from it. */
  sarIgnoreIndex: number;
}

/**
 * The number of classes that follows from a dictionary, whatever losses there are and in whatever order (the reference
 * looks at the last one: `tools/train.py`). With n CTC classes SAR has n + 2, and its padding is n + 1.
 */
export function classCounts(dictionary: Pick<Dictionary, "characters">): ClassCounts {
  const ctc = dictionary.characters.length + 1;
  return { ctc, sar: ctc + 2, sarIgnoreIndex: ctc + 1 };
}
