import { Random } from "@retort/tensor/random";
import { expect } from "vitest";
import { compare, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { recAug } from "./rec-aug.js";
import { pixelsOf, type Sample } from "./sample.js";

/** What the reference drew for one change: whether it comes, then its parameters. */
interface Draws {
  uniform: number[];
  integer: number[];
}

function take(draws: number[]): number {
  if (draws.length === 0) throw new Error("more is drawn than the reference drew");
  return draws.shift() as number;
}

/** Gives recorded numbers; those of a change come from the generator split off by its name. */
function recorded(script: Record<string, Draws>, words: number[]): Random {
  const numbersOf = ({ uniform, integer }: Draws): Random =>
    Object.assign(new Random(0), {
      uniform: () => take(uniform),
      integer: () => take(integer),
      uint32: () => take(words),
    });
  return Object.assign(new Random(0), { split: (key: string | number) => numbersOf(script[key]) });
}

/** One bit a value, where the noise is negative, as words of 32. */
function wordsOf(bits: Uint8Array): number[] {
  const bytes = new Uint8Array(4 * Math.ceil(bits.length / 4));
  bytes.set(bits);
  return [...new Uint32Array(bytes.buffer)];
}

goldenSuite("RecAug", () => {
  // Made by fixtures/make-augment.py with OpenCV 5.0 and NumPy 2.4.
  golden("augment-whole.safetensors", async (g) => {
    const augment = recAug({});
    for (const [i, script] of (g.case as Record<string, Draws>[]).entries()) {
      const { data, shape } = g.bytes(`in.${i}`);
      const read = (): Promise<never> => Promise.reject(new Error("no file"));
      const picture = { data, height: shape[0], width: shape[1] };
      const brightened = script.hsv_aug_prob.uniform.length > 1;
      const words = g.has(`lowered.${i}`) ? wordsOf(g.bytes(`lowered.${i}`).data) : [];
      const sample: Sample = { path: "", label: "", read, picture, fields: {} };
      const changed = (await augment(sample, { random: recorded(script, words) })) as Sample;
      const found = pixelsOf("the test", changed);
      const expected = g.bytes(`out.${i}`);
      expect([found.height, found.width, 3], `shape of ${i}`).toEqual(expected.shape);
      // From HSV back to BGR, OpenCV's native builds cut colours to integers, its WebAssembly build rounds them.
      const allowed = brightened ? 1 : 0;
      compare(found.data, expected.data, `picture ${i}`, () => allowed);
      expect([Object.values(script).flatMap(({ uniform, integer }) => [...uniform, ...integer]), words]).toEqual([
        [],
        [],
      ]);
    }
  });
});
