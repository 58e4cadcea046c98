import { type Bytes, memoryArgument, simd } from "./encode.js";
import { Double, Float, Int, type IntLike, int, join, type Value } from "./scalars.js";
import { F32x4, I32x4 } from "./vectors.js";

/**
 * The address of 4-byte elements (float32 or int32). Constant offsets of loads and stores count elements and are free.
 * Comparisons are unsigned.
 */
export class Pointer extends Int {
  private read(opcode: Bytes, offset: number): Bytes {
    return join([this], [...opcode, ...memoryArgument(4, offset)]);
  }
  private compareUnsigned(other: IntLike, opcode: number): Int {
    return new Int(join([this, int(other)], [opcode]));
  }
  /** The element `index` places further on; may be negative. */
  at(index: IntLike): Pointer {
    return this.plus(typeof index === "number" ? 4 * index : index.shl(2));
  }
  /** The address this many bytes further on. */
  plus(bytes: IntLike): Pointer {
    return new Pointer(super.add(bytes).code);
  }
  override lt(other: IntLike): Int {
    return this.compareUnsigned(other, 0x49);
  }
  override gt(other: IntLike): Int {
    return this.compareUnsigned(other, 0x4b);
  }
  override le(other: IntLike): Int {
    return this.compareUnsigned(other, 0x4d);
  }
  override ge(other: IntLike): Int {
    return this.compareUnsigned(other, 0x4f);
  }
  /** The float at element `offset`, a constant not below 0, as in all loads. */
  load(offset = 0): Float {
    return new Float(this.read([0x2a], 4 * offset));
  }
  loadInt(offset = 0): Int {
    return new Int(this.read([0x28], 4 * offset));
  }
  /** An address that is stored at element `offset`. */
  loadPointer(offset = 0): Pointer {
    return new Pointer(this.read([0x28], 4 * offset));
  }
  /** Four floats from element `offset` on. */
  load4(offset = 0): F32x4 {
    return new F32x4(this.read(simd(0x00), 4 * offset));
  }
  /** Four integers from element `offset` on. */
  loadInt4(offset = 0): I32x4 {
    return new I32x4(this.read(simd(0x00), 4 * offset));
  }
  /** The float at element `offset`, in all four lanes. */
  splat(offset = 0): F32x4 {
    return new F32x4(this.read(simd(0x09), 4 * offset));
  }
  /** The byte at this address plus `bytes`. */
  loadByte(bytes = 0): Int {
    return new Int(join([this], [0x2d, ...memoryArgument(1, bytes)]));
  }
  /** The float64 at this address plus 8 times `offset`. */
  loadDouble(offset = 0): Double {
    return new Double(join([this], [0x2b, ...memoryArgument(8, 8 * offset)]));
  }
}

/** An integer as an address. */
export function pointer(value: IntLike): Pointer {
  return new Pointer(int(value).code);
}

/** Code that stores a value at element `offset` of an address; float64 offsets count eight bytes. */
export function storeCode(target: Pointer, value: Value, offset: number): Bytes {
  return join([target, value], storeInstruction(value, offset));
}

/** The instruction of `storeCode` alone. */
export function storeInstruction(value: Value, offset: number): Bytes {
  if (value instanceof Float) return [0x38, ...memoryArgument(4, 4 * offset)];
  if (value instanceof Int) return [0x36, ...memoryArgument(4, 4 * offset)];
  if (value instanceof Double) return [0x39, ...memoryArgument(8, 8 * offset)];
  return [...simd(0x0b), ...memoryArgument(4, 4 * offset)];
}

/** Code that stores the low byte of an integer. */
export function storeByteCode(target: Pointer, value: Int, bytes: number): Bytes {
  return join([target, value], [0x3a, ...memoryArgument(1, bytes)]);
}
