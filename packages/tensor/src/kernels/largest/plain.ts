import { contiguousElements } from "../../cpu/buffer.js";
import type { LargestCall } from "./call.js";

function isLarger(a: number, b: number): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b));
}

/** Sorts a copy to find the smallest of the largest, then marks. */
export function plainLargest({ input, count, output }: LargestCall): void {
  const data = contiguousElements(input);
  const result = contiguousElements(output);
  result.fill(0);
  const asked = Math.floor(contiguousElements(count)[0]);
  const wanted = asked > 0 ? Math.min(asked, data.length) : 0;
  if (wanted === 0) return;
  // Typed arrays sort NaN to the end.
  const smallest = data.slice().sort()[data.length - wanted];
  let ties = wanted;
  for (let i = 0; i < data.length; i++) if (isLarger(data[i], smallest)) ties--;
  for (let i = 0; i < data.length; i++) {
    if (isLarger(data[i], smallest)) result[i] = 1;
    else if (ties > 0 && !isLarger(smallest, data[i])) {
      result[i] = 1;
      ties--;
    }
  }
}
