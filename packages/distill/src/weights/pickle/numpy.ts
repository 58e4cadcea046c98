import {
  bytesOf,
  type HostArray,
  type HostDtype,
  hostConstructors,
  hostDataFrom,
  inFortranOrder,
} from "@retort/tensor";
import { float16Values } from "../half-floats.js";
import { exactInteger } from "./literals.js";
import {
  describeItem,
  type PickleContext,
  PickledArray,
  PickledDtype,
  PickledGlobal,
  type PickleItem,
} from "./values.js";

const dtypes: Readonly<Record<string, HostDtype>> = {
  f8: "float64",
  f4: "float32",
  f2: "float16",
  i8: "int64",
  i4: "int32",
  i2: "int16",
  i1: "int8",
  u8: "uint64",
  u4: "uint32",
  u2: "uint16",
  u1: "uint8",
  b1: "bool",
};
/** As many axes as NumPy allows. */
const mostAxes = 64;

/** `numpy.dtype("f4", align, copy)`. */
export function makeDtype([name]: readonly PickleItem[], context: PickleContext): PickledDtype {
  if (typeof name === "string" && Object.hasOwn(dtypes, name)) return new PickledDtype(dtypes[name]);
  throw context.error(`the NumPy element type ${describeItem(name ?? null)} is not supported`);
}

/** What a dtype is given after it was made: (version, byte order, and what structured types have). */
export function setDtype(dtype: PickledDtype, state: PickleItem, context: PickleContext): void {
  if (!Array.isArray(state)) throw context.error(`expected the state of a NumPy dtype, found ${describeItem(state)}`);
  const [, order, ...structure] = state;
  if (order !== "<" && order !== ">" && order !== "|") {
    throw context.error(`a NumPy dtype has the byte order ${describeItem(order ?? null)}, expected < or > or |`);
  }
  if (structure.slice(0, 3).some((part) => part !== null)) {
    throw context.error("structured NumPy element types are not supported");
  }
  dtype.bigEndian = order === ">";
}

/** `_reconstruct(numpy.ndarray, (0,), b"b")`: an array whose elements come later. */
export function makeArray([type]: readonly PickleItem[], context: PickleContext): PickledArray {
  if (type instanceof PickledGlobal && type.name === "numpy.ndarray") return new PickledArray();
  throw context.error(`_reconstruct makes only numpy.ndarray here, not ${describeItem(type ?? null)}`);
}

/** What an array is given after it was made: (version, shape, dtype, whether in Fortran order, elements). */
export function setArray(array: PickledArray, state: PickleItem, context: PickleContext): void {
  if (!Array.isArray(state) || state.length < 4 || state.length > 5) {
    throw context.error(`expected the state of a NumPy array, found ${describeItem(state)}`);
  }
  const [shape, dtype, fortran, elements] = state.slice(-4);
  Object.assign(array, arrayOf(elements, dtype, shape, fortran === true || fortran === 1, context));
}

/** `_frombuffer(elements, dtype, shape, order)`, which NumPy writes in protocol 5. */
export function fromBuffer(args: readonly PickleItem[], context: PickleContext): PickledArray {
  const [elements, dtype, shape, order] = args;
  if (order !== "C" && order !== "F") {
    throw context.error(`the element order ${describeItem(order ?? null)} is not supported, only C and F`);
  }
  return Object.assign(new PickledArray(), arrayOf(elements, dtype, shape, order === "F", context));
}

/** `scalar(dtype, bytes)`: a number. */
export function makeScalar([dtype, elements]: readonly PickleItem[], context: PickleContext): number | boolean {
  const array = arrayOf(elements ?? null, dtype ?? null, [], false, context);
  const [value] = array.dtype === "float16" ? float16Values(array.data as Uint16Array) : array.data;
  if (array.dtype === "bool") return value !== 0;
  return typeof value === "bigint" ? exactInteger(value, context) : value;
}

function arrayOf(
  elements: PickleItem,
  type: PickleItem,
  shape: PickleItem,
  fortran: boolean,
  context: PickleContext,
): HostArray {
  if (!(type instanceof PickledDtype)) throw context.error(`expected a NumPy dtype, found ${describeItem(type)}`);
  const { dtype, bigEndian } = type;
  const sizes = sizesOf(shape, context);
  const raw = rawBytes(elements, context);
  const width = hostConstructors[dtype].BYTES_PER_ELEMENT;
  const needed = sizes.reduce((product, size) => product * size, width);
  if (needed !== raw.length) {
    throw context.error(`${dtype} of shape [${sizes}] needs ${needed} bytes, its data has ${raw.length}`);
  }
  context.spend(raw.length);
  const data = hostDataFrom(dtype, raw);
  if (bigEndian) swapBytes(bytesOf(data), width);
  const array = { dtype, shape: sizes, data };
  return fortran && sizes.length > 1 ? { ...array, data: inFortranOrder(array, [...sizes].reverse()) } : array;
}

function sizesOf(shape: PickleItem, context: PickleContext): number[] {
  if (!Array.isArray(shape) || shape.length > mostAxes) {
    throw context.error(`expected the shape of a NumPy array, found ${describeItem(shape)}`);
  }
  return shape.map((size) => {
    if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
    throw context.error(`a NumPy array has ${describeItem(size)} in its shape`);
  });
}

function rawBytes(elements: PickleItem, context: PickleContext): Uint8Array {
  if (elements instanceof Uint8Array) return elements;
  // Python 2 had no bytes.
  if (typeof elements === "string") return latin1Bytes(elements, context);
  throw context.error(`expected the elements of a NumPy array as bytes, found ${describeItem(elements)}`);
}

/** The bytes that a text of Latin-1 characters stands for. @throws PickleError when it has others */
export function latin1Bytes(text: string, context: PickleContext): Uint8Array {
  context.spend(text.length);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw context.error(`the character ${JSON.stringify(text[i])} of a text is not Latin-1`);
    bytes[i] = code;
  }
  return bytes;
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
