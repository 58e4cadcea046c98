import { contiguousElements } from "../../cpu/buffer.js";
import type { RandomFillCall } from "./call.js";
import { forEachWord } from "./words.js";

/** Random numbers, one after the other. Two words make two normal numbers (Box and Muller, 1958). */
export function plainRandomFill({ output, kind, shift, scale, source }: RandomFillCall): void {
  const result = contiguousElements(output);
  if (kind === "uniform") {
    const round = output.dtype === "float32" ? Math.fround : Number;
    const [low, factor] = [round(shift), round(scale)];
    forEachWord(source, result.length, (i, word) => {
      result[i] = low + round(factor * ((word >>> 8) / 2 ** 24));
    });
    return;
  }
  let radius = 0;
  const even = result.length + (result.length % 2);
  forEachWord(source, even, (i, word) => {
    if (i % 2 === 0) {
      radius = scale * Math.sqrt(-2 * Math.log((word + 1) / 2 ** 32));
      return;
    }
    const angle = (2 * Math.PI * word) / 2 ** 32;
    result[i - 1] = shift + radius * Math.cos(angle);
    if (i < result.length) result[i] = shift + radius * Math.sin(angle);
  });
}
