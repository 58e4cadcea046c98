import { crc32c } from "./crc32c.js";

/** A checksum as records keep it: turned by 15 bits and moved, so that checksums of checksums do no harm. */
const masked = (checksum: number): number => (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;

/**
 * Bytes as a TFRecord: their length (uint64) with its checksum (uint32), the bytes with theirs, all little-endian.
 * Source: TensorFlow's guide "TFRecord and tf.train.Example", section on the format.
 */
export function tfRecord(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(bytes.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(bytes, 12);
  view.setUint32(12 + bytes.length, masked(crc32c(bytes)), true);
  return record;
}
