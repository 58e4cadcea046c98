import { largestFirst } from "./largest-first.js";
import type { Lexicon } from "./lexicon.js";

/** What a search keeps and allows. */
export interface BeamSearchOptions {
  /** How many beginnings of a text are kept at each step. */
  readonly width: number;
  /** Only these texts, or none at all, come out. */
  readonly lexicon?: Lexicon;
}

/** A text that a search found. */
export interface Hypothesis {
  /** Classes of its characters. */
  readonly classes: readonly number[];
  /** Logarithm of the summed probability of all paths to it that the search has seen. */
  readonly logProbability: number;
}

const blank = 0;
const never = Number.NEGATIVE_INFINITY;

/** log(e^a + e^b), without overflow. */
function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === never ? never : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

/** The beginning of a text, and how probable the paths to it are. */
class Prefix {
  /** Log-probability of the paths that end in a blank, and of those that end in the last character. */
  inBlank = never;
  inLast = never;
  nextInBlank = never;
  nextInLast = never;
  readonly last: number;
  readonly place: Lexicon | undefined;
  private readonly parent: Prefix | undefined;
  private readonly children = new Map<number, Prefix>();

  constructor(last: number, place: Lexicon | undefined, parent?: Prefix) {
    this.last = last;
    this.place = place;
    this.parent = parent;
  }

  get total(): number {
    return logAdd(this.inBlank, this.inLast);
  }

  /** Whether it can be a whole text. */
  get complete(): boolean {
    return this.parent === undefined || this.place === undefined || this.place.complete;
  }

  get classes(): number[] {
    const reversed: number[] = [];
    for (let prefix: Prefix = this; prefix.parent !== undefined; prefix = prefix.parent) reversed.push(prefix.last);
    return reversed.reverse();
  }

  /** This beginning with one more character: always the same object. */
  child(c: number): Prefix {
    const known = this.children.get(c);
    if (known !== undefined) return known;
    const made = new Prefix(c, this.place?.next.get(c), this);
    this.children.set(c, made);
    return made;
  }

  /** Makes what was added for the next step the present, or forgets it. */
  advance(kept: boolean): void {
    this.inBlank = kept ? this.nextInBlank : never;
    this.inLast = kept ? this.nextInLast : never;
    this.nextInBlank = never;
    this.nextInLast = never;
  }
}

/**
 * Prefix beam search over the probabilities [steps, classes] of a CTC head, class 0 being the blank: the texts at its
 * end, the most probable first, each with the summed probability of its paths. With a width that holds every beginning
 * it is exact. A beam in which no text is complete, by the lexicon, is widened until one is or all beginnings are in it;
 * there is no text where none of the lexicon's is possible.
 * Source: Graves and Jaitly 2014; Hannun et al. 2014 (First-Pass Large Vocabulary Continuous Speech Recognition).
 */
export function ctcBeamSearch(
  probabilities: ArrayLike<number>,
  classes: number,
  { width, lexicon }: BeamSearchOptions,
): Hypothesis[] {
  const empty = new Prefix(blank, lexicon);
  empty.inBlank = 0;
  let beam = [empty];
  let full = false;
  for (let from = 0; from < probabilities.length; from += classes) {
    const logs = Float64Array.from({ length: classes }, (_, c) => Math.log(probabilities[from + c]));
    beam = step(beam, logs, width);
    full ||= beam.length === width;
  }
  const complete = beam.filter((prefix) => prefix.complete);
  if (complete.length === 0 && full) return ctcBeamSearch(probabilities, classes, { width: 2 * width, lexicon });
  return complete.map((prefix) => ({ classes: prefix.classes, logProbability: prefix.total }));
}

/** Extends every prefix by one step and keeps the most probable ones, in their order. */
function step(beam: readonly Prefix[], logs: Float64Array, width: number): Prefix[] {
  const reached = new Set<Prefix>();
  const best = mostProbable(logs, width + 1);
  const lasts = beam.map(({ last }) => last).filter((last) => last !== blank);
  const anything = new Set([...best, ...lasts]);
  for (const prefix of beam) {
    const { last, inBlank, inLast, total } = prefix;
    reached.add(prefix);
    prefix.nextInBlank = logAdd(prefix.nextInBlank, total + logs[blank]);
    if (last !== blank) prefix.nextInLast = logAdd(prefix.nextInLast, inLast + logs[last]);
    for (const c of prefix.place?.next.keys() ?? anything) {
      // A character follows itself only after a blank.
      const before = c === last ? inBlank : total;
      if (before + logs[c] === never) continue;
      const child = prefix.child(c);
      reached.add(child);
      child.nextInLast = logAdd(child.nextInLast, before + logs[c]);
    }
  }
  const score = (prefix: Prefix): number => logAdd(prefix.nextInBlank, prefix.nextInLast);
  const scores = new Map([...reached].map((prefix) => [prefix, score(prefix)]));
  const sorted = [...scores].filter(([, value]) => value > never).sort(([, a], [, b]) => b - a);
  const kept = new Set(sorted.slice(0, width).map(([prefix]) => prefix));
  for (const prefix of reached) prefix.advance(kept.has(prefix));
  return [...kept];
}

/**
 * The `count` most probable classes but the blank. No other can extend a prefix into the beam: of `count` - 1 of them
 * each makes a more probable one of the same prefix.
 */
const mostProbable = (logs: Float64Array, count: number): number[] => largestFirst(logs, count, 1);
