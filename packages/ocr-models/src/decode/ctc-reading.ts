import { mean, type Reading } from "./reading.js";
import { wordsOf } from "./words.js";

/** A character that a CTC decoder found. */
export interface FoundCharacter {
  readonly character: string;
  /** The time step at which it begins. */
  readonly step: number;
  /** Its probability there. */
  readonly probability: number;
}

/** How characters become a reading. */
export interface CtcReadingOptions {
  /**
   * Restores the reading order of right-to-left scripts (the reference does it for dictionaries whose path contains
   * "arabic"): runs of Latin letters, digits and signs keep their order.
   */
  readonly reverse?: boolean;
  /** Tells where the words stand. */
  readonly wordBoxes?: boolean;
}

/** The reading of characters in the order of their steps; its confidence is 0 where there are none. */
export function ctcReading(
  found: readonly FoundCharacter[],
  { reverse = false, wordBoxes = false }: CtcReadingOptions,
): Reading {
  const ordered = reverse ? turned(found) : found;
  const characters = ordered.map(({ character }) => character);
  const reading: Reading = {
    text: characters.join(""),
    confidence: found.length === 0 ? 0 : mean(found.map(({ probability }) => probability)),
  };
  if (!wordBoxes) return reading;
  return {
    ...reading,
    words: wordsOf(
      characters,
      ordered.map(({ step }) => step),
    ),
  };
}

const keepsOrder = /^[a-zA-Z0-9 :*./%+-]*$/;

/** The same characters from the last to the first, runs of those that keep their order as they were. */
function turned(found: readonly FoundCharacter[]): FoundCharacter[] {
  const runs: FoundCharacter[][] = [];
  let inRun = false;
  for (const one of found) {
    const keeps = keepsOrder.test(one.character);
    if (keeps && inRun) runs[runs.length - 1].push(one);
    else runs.push([one]);
    inRun = keeps;
  }
  return runs.reverse().flat();
}
