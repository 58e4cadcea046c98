import { Random } from "@retort/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import { ctcBeamSearch, type Hypothesis } from "./ctc-beam-search.js";
import { lexiconOf } from "./lexicon.js";

const everything = 10_000;

/** Rows of probabilities, one after the other; a share of 0 is among them. */
const outputs = (steps: number, classes: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: classes, maxLength: classes }), {
      minLength: steps,
      maxLength: steps,
    })
    .map((rows) =>
      rows.flatMap((row) => {
        const total = row.reduce((a, b) => a + b);
        return row.map((share) => (total === 0 ? 1 / classes : share / total));
      }),
    );

/** The probability of every text: the sum over all paths that collapse to it. */
function byPaths(probabilities: readonly number[], classes: number): Map<string, number> {
  const steps = probabilities.length / classes;
  const texts = new Map<string, number>();
  for (let code = 0; code < classes ** steps; code++) {
    const path = Array.from({ length: steps }, (_, t) => Math.floor(code / classes ** t) % classes);
    const text = path.filter((c, t) => c !== 0 && c !== path[t - 1]).join();
    const probability = path.reduce((product, c, t) => product * probabilities[t * classes + c], 1);
    texts.set(text, (texts.get(text) ?? 0) + probability);
  }
  return texts;
}

function expectTexts(found: readonly Hypothesis[], texts: ReadonlyMap<string, number>): void {
  const possible = [...texts].filter(([, probability]) => probability > 0);
  expect(found.map(({ classes }) => classes.join()).sort()).toEqual(possible.map(([text]) => text).sort());
  for (const { classes, logProbability } of found) {
    expect(Math.exp(logProbability)).toBeCloseTo(texts.get(classes.join()) as number, 12);
  }
  for (let i = 1; i < found.length; i++) {
    expect(found[i].logProbability).toBeLessThanOrEqual(found[i - 1].logProbability);
  }
}

describe("a beam that holds everything", () => {
  test.each([
    [1, 3],
    [4, 3],
    [5, 2],
    [3, 4],
  ])("finds every text of %i steps and %i classes with the sum over its paths", (steps, classes) => {
    fc.assert(
      fc.property(outputs(steps, classes), (probabilities) => {
        expectTexts(ctcBeamSearch(probabilities, classes, { width: everything }), byPaths(probabilities, classes));
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test("finds every text of a word list, or nothing, and no other", () => {
    const lexicon = lexiconOf(["ab", "ba", "b"], dictionaryOf("ab", { useSpaceChar: true }));
    const word = /^$|^(1,2|2,1|2)(,3,(1,2|2,1|2))*$/;
    fc.assert(
      fc.property(outputs(5, 4), (probabilities) => {
        const allowed = new Map([...byPaths(probabilities, 4)].filter(([text]) => word.test(text)));
        expectTexts(ctcBeamSearch(probabilities, 4, { width: everything, lexicon }), allowed);
      }),
      { seed: 1, numRuns: 40 },
    );
  });
});

/** Prefix beam search as the papers have it: every class extends every prefix, which is a string of classes. */
function byTheBook(probabilities: readonly number[], classes: number, width: number): Map<string, number> {
  let beam = new Map([["", { blank: 1, last: 0 }]]);
  for (let from = 0; from < probabilities.length; from += classes) {
    const next = new Map<string, { blank: number; last: number }>();
    const at = (text: string): { blank: number; last: number } => {
      const found = next.get(text) ?? { blank: 0, last: 0 };
      next.set(text, found);
      return found;
    };
    for (const [text, { blank, last }] of beam) {
      at(text).blank += (blank + last) * probabilities[from];
      for (let c = 1; c < classes; c++) {
        const repeats = text.endsWith(`,${c}`);
        if (repeats) at(text).last += last * probabilities[from + c];
        at(`${text},${c}`).last += (repeats ? blank : blank + last) * probabilities[from + c];
      }
    }
    const sorted = [...next].sort(([, a], [, b]) => b.blank + b.last - a.blank - a.last);
    beam = new Map(sorted.slice(0, width));
  }
  return new Map([...beam].map(([text, { blank, last }]) => [text.slice(1), blank + last]));
}

test.each([1, 2, 3, 5])("a beam of %i keeps what extending by every class would keep", (width) => {
  const random = new Random(width);
  for (let run = 0; run < 50; run++) {
    const [steps, classes] = [8, 9];
    const probabilities = Array.from({ length: steps }, () => {
      const row = Array.from({ length: classes }, () => Math.exp(2 * random.normal()));
      return row.map((share) => share / row.reduce((a, b) => a + b));
    }).flat();
    const found = ctcBeamSearch(probabilities, classes, { width });
    const wanted = byTheBook(probabilities, classes, width);
    expect(found.map(({ classes: text }) => text.join())).toEqual([...wanted.keys()]);
    for (const [i, probability] of [...wanted.values()].entries()) {
      expect(Math.exp(found[i].logProbability)).toBeCloseTo(probability, 10);
    }
  }
});

test("the sum over paths wins over the best path", () => {
  // Blank 0.6 at both steps is the best path (0.36), but "a" has 0.4 · 0.4 + 2 · 0.4 · 0.6.
  const [best] = ctcBeamSearch([0.6, 0.4, 0.6, 0.4], 2, { width: 4 });
  expect(best.classes).toEqual([1]);
  expect(Math.exp(best.logProbability)).toBeCloseTo(0.64, 12);
});

test("long outputs do not underflow", () => {
  // No text has more than 2.62^500 paths, so none is more probable than e^-1474.
  const [steps, classes] = [500, 50];
  const [best] = ctcBeamSearch(new Array<number>(steps * classes).fill(1 / classes), classes, { width: 3 });
  expect(best.logProbability).toBeLessThan(-1474);
  expect(best.logProbability).toBeGreaterThan(-steps * Math.log(classes));
});

describe("words that a narrow beam misses", () => {
  const dictionary = dictionaryOf("abcd");

  test("are found by a wider one", () => {
    // "abc" is far more probable all the way, but only "abcd", which is too long, and "d" are words.
    const rows = [
      [0.02, 0.9, 0.025, 0.025, 0.03],
      [0.02, 0.025, 0.9, 0.025, 0.03],
      [0.02, 0.025, 0.025, 0.9, 0.03],
    ];
    const found = ctcBeamSearch(rows.flat(), 5, { width: 1, lexicon: lexiconOf(["abcd", "d"], dictionary) });
    expect(found[0].classes).toEqual([4]);
  });

  test("are not there where none is possible", () => {
    const certain = [0, 1, 0, 0, 0];
    const lexicon = lexiconOf(["ab", "b"], dictionary);
    expect(ctcBeamSearch(certain, 5, { width: 1, lexicon })).toEqual([]);
    expect(ctcBeamSearch([0, 0, 0, 1, 0], 5, { width: 1, lexicon })).toEqual([]);
  });
});
