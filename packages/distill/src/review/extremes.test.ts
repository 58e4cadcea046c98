import fc from "fast-check";
import { expect, test } from "vitest";
import { Extremes, type Ranked } from "./extremes.js";

const ranks = fc.array(
  fc.record({ score: fc.constantFrom(0, 0.25, 0.5, 1), sureness: fc.integer({ min: 0, max: 3 }) }),
  {
    maxLength: 30,
  },
);

test("the best and the worst are those that sorting everything gives", () => {
  fc.assert(
    fc.property(ranks, fc.integer({ min: 1, max: 6 }), (all, count) => {
      const extremes = new Extremes<number>(count);
      for (const [i, rank] of all.entries()) extremes.offer(rank, () => i);
      const sorted = (sign: number): number[] =>
        all
          .map((rank: Ranked, i) => ({ ...rank, i }))
          .sort((a, b) => sign * (a.score - b.score) || b.sureness - a.sureness || a.i - b.i)
          .map(({ i }) => i);
      const best = sorted(-1)
        .filter((i) => all[i].score > 0)
        .slice(0, count);
      expect(extremes.best()).toEqual(best);
      const worst = sorted(1)
        .filter((i) => all[i].score < 1)
        .slice(0, count);
      expect(extremes.worst()).toEqual(worst.filter((i) => !best.includes(i)));
    }),
  );
});

test("only what is kept is made", () => {
  const made: number[] = [];
  const extremes = new Extremes<number>(1);
  for (const score of [0.5, 0.6, 0.55, 0.1]) extremes.offer({ score, sureness: 0 }, () => made.push(score));
  expect(made).toHaveLength(3);
});
