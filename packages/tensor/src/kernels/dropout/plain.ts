import { contiguousElements } from "../../cpu/buffer.js";
import { forEachWord } from "../random-fill/words.js";
import type { DropoutCall } from "./call.js";

/** The first half word that keeps an element, and the factor of what is kept. */
export function dropoutConstants(probability: number): { threshold: number; scale: number } {
  return { threshold: Math.round(probability * 2 ** 16), scale: 1 / (1 - probability) };
}

/** Dropout, one random word after the other: each decides on two elements, four apart. */
export function plainDropout({ input, output, probability, source }: DropoutCall): void {
  const [x, y] = [input, output].map(contiguousElements);
  const { threshold, scale } = dropoutConstants(probability);
  const factor = output.dtype === "float32" ? Math.fround(scale) : scale;
  forEachWord(source, 4 * Math.ceil(x.length / 8), (i, word) => {
    const element = 2 * i - (i % 4);
    for (const [j, half] of [
      [element, word & 0xffff],
      [element + 4, word >>> 16],
    ]) {
      if (j < x.length) y[j] = half >= threshold ? x[j] * factor : 0;
    }
  });
}
