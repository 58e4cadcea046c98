import type { Dictionary } from "@retort/ocr-models";
import type { SimpleDataSet } from "@retort/ocr-models/data";
import { Reasons } from "./reasons.js";
import { type Counts, countIn } from "./spread.js";

/** What the lines of a data set hold, found without opening images. */
export interface ExaminedLines {
  /** Label lengths in characters, of every line with a label. */
  readonly lengths: Counts;
  /** How often each character comes in the labels, as encoders see them. */
  readonly characters: ReadonlyMap<string, number>;
  /** Lines that cannot be used, because of their label or since the image is missing. */
  readonly unusable: Reasons;
  /** The numbers of the other lines. */
  readonly usable: readonly number[];
}

/** Looks at every line: its label, and whether its images are there. */
export async function examineLines(dataSet: SimpleDataSet, { lowerCase }: Dictionary): Promise<ExaminedLines> {
  const lengths = new Map<number, number>();
  const characters = new Map<string, number>();
  const unusable = new Reasons();
  const usable: number[] = [];
  for (let line = 0; line < dataSet.size; line++) {
    const { label, problem: noLabel } = dataSet.line(line);
    if (noLabel === undefined) {
      countIn(lengths, [...label].length);
      for (const character of lowerCase ? label.toLowerCase() : label) countIn(characters, character);
    }
    const problem = missingImage(dataSet, line) ?? (await dataSet.checkLabel(line));
    if (problem === undefined) usable.push(line);
    else unusable.add(problem);
  }
  return { lengths, characters, unusable, usable };
}

function missingImage({ source }: SimpleDataSet, line: number) {
  const { paths, where } = source.line(line);
  const absent = paths.find((path) => !source.exists(source.resolve(path)));
  return absent === undefined ? undefined : { reason: "image missing", where, detail: `there is no ${absent}` };
}

/** A character of the labels. */
export interface CharacterCount {
  readonly character: string;
  readonly count: number;
}

/** The characters that a dictionary lacks, the most frequent first. */
export function unknownAmong(characters: ReadonlyMap<string, number>, dictionary: Dictionary): CharacterCount[] {
  const known = new Set(dictionary.characters);
  return byFrequency(characters).filter(({ character }) => !known.has(character));
}

/** Counted characters, the most frequent first. */
export function byFrequency(characters: ReadonlyMap<string, number>): CharacterCount[] {
  return [...characters].map(([character, count]) => ({ character, count })).sort((a, b) => b.count - a.count);
}
