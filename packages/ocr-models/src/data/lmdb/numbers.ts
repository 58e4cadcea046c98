/**
 * A little-endian 64-bit number. Throws an Error for one above 2^53, which no page number, size or transaction of a file
 * that can exist reaches.
 */
export function readWord(view: DataView, at: number): number {
  const value = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  if (!Number.isSafeInteger(value)) throw new Error(`the number ${value} is too large for a page or a size`);
  return value;
}

/** A view of the bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
