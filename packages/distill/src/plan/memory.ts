/** A WebAssembly memory has addresses of 32 bits. */
const heapBytes = 2 ** 32;

/** Bytes that the tensors of this process may take: the machine's or the container's memory, and at most 4 GiB. */
export async function availableMemory(): Promise<number> {
  const { totalmem } = await import("node:os");
  const limit = process.constrainedMemory();
  return Math.min(heapBytes, totalmem(), limit > 0 ? limit : Number.POSITIVE_INFINITY);
}
