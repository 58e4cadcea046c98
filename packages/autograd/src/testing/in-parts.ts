import type { SumOverParts } from "../ops/sum-over-parts.js";

/**
 * What `run` gives for each part of a batch, as if a process of its own held it: `sum` adds numbers up over all parts. They
 * run one after the other, again and again, with the sums that are known from before. All have to ask for equally many.
 */
export function inParts<T>(parts: number, run: (part: number, sum: SumOverParts) => T): T[] {
  const given: Float64Array[][] = [];
  for (let round = 0; ; round++) {
    let asked = 0;
    const results = Array.from({ length: parts }, (_, part) => {
      let call = 0;
      return run(part, (numbers) => {
        given[call] ??= [];
        if (call === round) given[call][part] = numbers.slice();
        if (call < round) {
          for (let i = 0; i < numbers.length; i++) numbers[i] = given[call].reduce((total, one) => total + one[i], 0);
        }
        asked = Math.max(asked, ++call);
      });
    });
    if (asked <= round) return results;
  }
}
