import type { Dictionary } from "@retort/ocr-models";

/** How many classes each head has. */
export interface ClassCounts {
  /** The characters and the blank, which is class 0. */
  ctc: number;
  /** The characters, an unknown one, start and end (one class), and padding. */
  sar: number;
  /** The class that pads SAR labels: no loss comes from it. */
  sarIgnoreIndex: number;
  /** The characters, padding (class 0), an unknown one, start and end; an NRTR head has one output more. */
  nrtr: number;
}

/**
 * The number of classes that follows from a dictionary, whatever losses there are and in whatever order (the reference
 * looks at the last one: `tools/train.py`).
 */
export function classCounts(dictionary: Pick<Dictionary, "characters">): ClassCounts {
  return classCountsOf(dictionary.characters.length + 1);
}

/** The same from the number of CTC classes n: SAR has n + 2, of which n + 1 is padding, and NRTR n + 3. */
export function classCountsOf(ctc: number): ClassCounts {
  return { ctc, sar: ctc + 2, sarIgnoreIndex: ctc + 1, nrtr: ctc + 3 };
}
