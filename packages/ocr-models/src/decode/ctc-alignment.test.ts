import { Random } from "@retort/tensor";
import { expect, test } from "vitest";
import { alignCtc } from "./ctc-alignment.js";

/** The best path to a text among all paths: where its characters begin. */
function byPaths(probabilities: readonly number[], classes: number, text: readonly number[]): number[] | undefined {
  const steps = probabilities.length / classes;
  let best = 0;
  let begins: number[] | undefined;
  for (let code = 0; code < classes ** steps; code++) {
    const path = Array.from({ length: steps }, (_, t) => Math.floor(code / classes ** t) % classes);
    const starts = path.flatMap((c, t) => (c !== 0 && c !== path[t - 1] ? [t] : []));
    if (starts.map((t) => path[t]).join() !== text.join()) continue;
    const probability = path.reduce((product, c, t) => product * probabilities[t * classes + c], 1);
    if (probability > best) [best, begins] = [probability, starts];
  }
  return begins;
}

test.each([[[]], [[1]], [[1, 1]], [[2, 1]], [[1, 2, 1]], [[2, 2, 1]]])("the best of all paths to %j", (text) => {
  const random = new Random(7);
  const [steps, classes] = [6, 3];
  for (let run = 0; run < 30; run++) {
    const probabilities = Array.from({ length: steps }, () => {
      const row = Array.from({ length: classes }, () => Math.exp(2 * random.normal()));
      return row.map((share) => share / row.reduce((a, b) => a + b));
    }).flat();
    expect(alignCtc(probabilities, classes, text)).toEqual(byPaths(probabilities, classes, text));
  }
});

test("a text that no path leads to is an error", () => {
  expect(() => alignCtc([0.5, 0.5, 0.5, 0.5], 2, [1, 1])).toThrow(
    "no path of 2 steps leads to the text of 2 characters",
  );
  expect(() => alignCtc([1, 0], 2, [1])).toThrow(RangeError);
});
