import { type ArrayView, wholeView } from "../array-view.js";
import type { KernelSource } from "../gpu-js.js";
import type { Scratch } from "../scratch.js";
import { unravel } from "../source.js";

const joinPair: KernelSource = {
  name: "join",
  arrays: ["first", "second"],
  integers: ["steps", "width", "firstSteps", "secondSteps"],
  numbers: [],
  body: `
    ${unravel("this.thread.x", "at", ["batch", "steps", "width"])}
    const inFirst = Math.min(at1, firstSteps - 1);
    const inSecond = Math.max(0, at1 - firstSteps);
    const a = first[(at0 * firstSteps + inFirst) * width + at2];
    const b = second[(at0 * secondSteps + inSecond) * width + at2];
    return at1 < firstSteps ? a : b;`,
};

/**
 * Contiguous parts [B, n, width], one after the other along the middle axis. Halves are joined first, so that every
 * element is copied about log2(parts) times.
 */
export function join(scratch: Scratch, parts: readonly ArrayView[]): ArrayView {
  if (parts.length === 1) return parts[0];
  const middle = Math.ceil(parts.length / 2);
  const [first, second] = [parts.slice(0, middle), parts.slice(middle)].map((half) => join(scratch, half));
  const [batch, firstSteps, width] = first.shape;
  const steps = firstSteps + second.shape[1];
  const integers = [steps, width, firstSteps, second.shape[1]];
  const joined = scratch.launch(joinPair, [batch, steps, width], [first, second], integers);
  return wholeView(joined.array, [batch, steps, width]);
}
