/** Machine code: a list of bytes. */
export type Bytes = readonly number[];

/** Unsigned LEB128, the variable-length integers of the WebAssembly binary format. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer; addresses above 2 GiB wrap around, as i32 does. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    if ((rest === 0 && low < 64) || (rest === -1 && low >= 64)) return [...bytes, low];
    bytes.push(low + 128);
  }
}

/** The four little-endian bytes of a float32. */
export function float32Bytes(value: number): number[] {
  return [...new Uint8Array(new Float32Array([value]).buffer)];
}

/** The eight little-endian bytes of a float64. */
export function float64Bytes(value: number): number[] {
  return [...new Uint8Array(new Float64Array([value]).buffer)];
}

/** A length-prefixed UTF-8 name. */
export function text(value: string): number[] {
  return vector(new TextEncoder().encode(value));
}

/** Bytes with their number in front. */
export function vector(bytes: ArrayLike<number>): number[] {
  return [...unsigned(bytes.length), ...Array.from(bytes)];
}

/** Items with their number in front. */
export function list(items: readonly Bytes[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** A section of a module. */
export function section(id: number, content: Bytes): number[] {
  return [id, ...vector(content)];
}

/** A SIMD instruction, whose opcode follows a prefix byte. */
export function simd(opcode: number): number[] {
  return [0xfd, ...unsigned(opcode)];
}

/** The alignment and offset of a load or store; `bytes` is the alignment that is promised, a power of two. */
export function memoryArgument(bytes: number, offset: number): number[] {
  return [Math.log2(bytes), ...unsigned(offset)];
}
