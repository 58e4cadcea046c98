/** The polynomial of CRC-32C (Castagnoli), its bits in reverse order. */
const polynomial = 0x82f63b78;

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value;
});

/** The CRC-32C checksum of some bytes (RFC 3720, appendix B.4). */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = remainders[(value ^ byte) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}
