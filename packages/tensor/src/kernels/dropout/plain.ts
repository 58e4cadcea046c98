import { contiguousElements } from "../../cpu/buffer.js";
import { forEachWord } from "../random-fill/words.js";
import type { DropoutCall } from "./call.js";

/** The first word that keeps an element, and the factor of what is kept. */
export function dropoutConstants(probability: number): { threshold: number; scale: number } {
  return { threshold: Math.round(probability * 2 ** 32), scale: 1 / (1 - probability) };
}

/** Dropout, one element after the other. */
export function plainDropout({ input, output, probability, source }: DropoutCall): void {
  const [x, y] = [input, output].map(contiguousElements);
  const { threshold, scale } = dropoutConstants(probability);
  const factor = output.dtype === "float32" ? Math.fround(scale) : scale;
  forEachWord(source, x.length, (i, word) => {
    y[i] = word >= threshold ? x[i] * factor : 0;
  });
}
