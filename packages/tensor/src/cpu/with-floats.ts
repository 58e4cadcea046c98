import { heap } from "./heap.js";

/** Runs `work` with the addresses of blocks of the heap of so many floats, and frees them. @throws OutOfMemoryError */
export function withFloats(sizes: readonly number[], work: (...addresses: number[]) => void): void {
  const blocks: number[] = [];
  try {
    for (const size of sizes) blocks.push(heap().alloc(4 * size));
    work(...blocks);
  } finally {
    for (const block of blocks) heap().free(block);
  }
}
