import type { CharacterCount } from "./lines.js";
import type { Section } from "./open.js";
import type { UnusableByReason } from "./reasons.js";
import type { Spread } from "./spread.js";
import type { SampleView } from "./views.js";

/** What is in a data set, and what a network sees of it. */
export interface DataReport {
  readonly headline: string;
  readonly warnings: readonly string[];
  /** The same as the fields below, as titled lists of lines. */
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[];
  readonly section: Section;
  /** Label files or databases. */
  readonly files: readonly { readonly file: string; readonly lines: number }[];
  readonly lines: number;
  /** Lines that an epoch uses. */
  readonly linesPerEpoch: number;
  /** Lines that cannot be used; of images, among those that were decoded. */
  readonly unusable: UnusableByReason;
  /** Label lengths in characters; missing when no line has a label, or labels hold regions. */
  readonly labelLengths?: Spread;
  /** Missing where labels hold regions. */
  readonly characters?: {
    /** Every character of the labels, the most frequent first. */
    readonly counts: readonly CharacterCount[];
    /** Those that the dictionary lacks. */
    readonly unknown: readonly CharacterCount[];
    /** Characters of the dictionary, and how many of them no label has. */
    readonly dictionary: number;
    readonly unused: number;
  };
  /** Of labels of detection. */
  readonly regions?: {
    /** All of them, and those that nobody has to find; the rest is about the others. */
    readonly count: number;
    readonly ignored: number;
    /** In an image. */
    readonly perImage?: Spread;
    /** Sides of the smallest rectangle around a region in pixels. */
    readonly longer?: Spread;
    readonly shorter?: Spread;
    /** Corners of a region. */
    readonly corners?: Spread;
  };
  readonly images: {
    /** How many were decoded. */
    readonly examined: number;
    readonly widths?: Spread;
    readonly heights?: Spread;
    /** Width / height. */
    readonly proportions?: Spread;
    /** How many are wider, in proportion, than the network's input, and so are squeezed; missing in detection. */
    readonly squeezed?: number;
    /** [height, width] of the network's input; several with a sampler, none where each image has its own. */
    readonly inputs: readonly (readonly [height: number, width: number])[];
  };
  readonly samples: readonly SampleView[];
}
