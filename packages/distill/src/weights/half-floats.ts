/** The values of all half-precision numbers by their bits, made when they are first asked for. */
let table: Float32Array | undefined;

function halfValue(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The values of IEEE 754 half-precision numbers, which float32 holds exactly, from their bits. */
export function float16Values(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 0x10000 }, (_, half) => halfValue(half));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]];
  return values;
}

/**
 * The bits of the half-precision numbers nearest to float32 values, of two equally near ones the even one, as IEEE 754
 * rounds. What is too large becomes infinite.
 */
export function float16Bits(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.slice().buffer);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) {
    const sign = (words[i] >>> 16) & 0x8000;
    const magnitude = words[i] & 0x7fff_ffff;
    if (magnitude > 0x7f80_0000) bits[i] = sign | 0x7e00;
    // Rounding reaches 2^16.
    else if (magnitude >= 0x477f_f000) bits[i] = sign | 0x7c00;
    // Below 2^-14 halves are multiples of 2^-24.
    else if (magnitude < 0x3880_0000) bits[i] = sign | roundedToEven(2 ** 24 * Math.abs(values[i]));
    else bits[i] = sign | ((magnitude + 0x0fff + ((magnitude >>> 13) & 1) - 0x3800_0000) >>> 13);
  }
  return bits;
}

/** A number from 0 to 2^51 rounded to the nearest whole one, halves to the even one. */
const roundedToEven = (value: number): number => value + 2 ** 52 - 2 ** 52;

/** The values of bfloat16 numbers, the upper halves of float32, from their bits. */
export function bfloat16Values(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
}
