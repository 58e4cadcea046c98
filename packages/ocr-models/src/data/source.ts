import type { LabelLine } from "./label-file.js";

/** One label file or database of a data set. */
export interface SourcePart {
  /** Its path. */
  readonly name: string;
  /** How many lines it has. */
  readonly count: number;
  /** The share of its lines that an epoch uses. */
  readonly ratio: number;
}

/** Where a data set has its samples from: texts at once, images when they are asked for. */
export interface SampleSource {
  /** In order; the lines of the first one are the first lines. */
  readonly parts: readonly SourcePart[];
  /** The line number `index`, from 0. */
  line(index: number): LabelLine;
  /** The whole path of an image that a line names. */
  resolve(path: string): string;
  /** Whether there is an image, by its whole path. */
  exists(path: string): boolean;
  /** The bytes of an image, by its whole path; rejects with an Error when they cannot be read. */
  read(path: string): Promise<Uint8Array>;
  /** Closes what is open. */
  close(): void;
}
