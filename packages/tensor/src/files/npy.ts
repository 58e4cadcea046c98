import {
  bytesOf,
  checkHostArray,
  type HostArray,
  type HostDtype,
  hostConstructors,
  hostDataFrom,
  inFortranOrder,
} from "./host-array.js";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const dtypeOfDescr: Record<string, HostDtype> = {
  "<f8": "float64",
  "<f4": "float32",
  "<f2": "float16",
  "<i8": "int64",
  "<i4": "int32",
  "<i2": "int16",
  "|i1": "int8",
  "<u8": "uint64",
  "<u4": "uint32",
  "<u2": "uint16",
  "|u1": "uint8",
  "|b1": "bool",
};
const descrOfDtype = new Map(Object.entries(dtypeOfDescr).map(([descr, dtype]) => [dtype, descr]));

/**
 * Reads a NumPy file (format versions 1 and 2, little endian). An array stored in Fortran order comes back in row-major
 * order. Throws an Error for another version, byte order or element type, and for a size that does not fit the shape.
 */
export function readNpy(bytes: Uint8Array): HostArray {
  const { text, dataStart } = readHeader(bytes);
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || sizes === undefined) {
    throw new Error(`npy: descr, fortran_order or shape is missing in the header ${text.trim()}`);
  }
  if (!Object.hasOwn(dtypeOfDescr, descr)) throw new Error(`npy: element type "${descr}" is not supported`);
  const dtype = dtypeOfDescr[descr];
  const shape = sizes
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  const needed = shape.reduce((product, size) => product * size, hostConstructors[dtype].BYTES_PER_ELEMENT);
  if (bytes.length - dataStart !== needed) {
    throw new Error(
      `npy: ${dtype} of shape [${shape}] needs ${needed} bytes, the file has ${bytes.length - dataStart}`,
    );
  }
  const array = { dtype, shape, data: hostDataFrom(dtype, bytes.subarray(dataStart)) };
  return fortran === "True" ? { ...array, data: inFortranOrder(array, [...shape].reverse()) } : array;
}

/**
 * Writes a NumPy file of format version 1, or 2 when the header needs it; `fortranOrder` stores the elements in
 * column-major order. Throws an Error when dtype, shape and data disagree, or for `bfloat16`, which NumPy lacks.
 */
export function writeNpy(array: HostArray, options: { fortranOrder?: boolean } = {}): Uint8Array {
  checkHostArray("npy", array);
  const descr = descrOfDtype.get(array.dtype);
  if (descr === undefined) throw new Error(`npy: NumPy has no ${array.dtype}`);
  const fortran = options.fortranOrder === true;
  const shape = array.shape.length === 1 ? `${array.shape[0]},` : array.shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${shape}), }`;
  const version = dictionary.length + 64 > 0xffff ? 2 : 1;
  const prefix = version === 1 ? 10 : 12;
  const dataStart = Math.ceil((prefix + dictionary.length + 1) / 64) * 64;
  const file = new Uint8Array(dataStart + array.data.byteLength).fill(0x20, prefix, dataStart);
  const view = new DataView(file.buffer);
  file.set([...magic, version, 0]);
  if (version === 1) view.setUint16(8, dataStart - prefix, true);
  else view.setUint32(8, dataStart - prefix, true);
  file.set(new TextEncoder().encode(dictionary), prefix);
  file[dataStart - 1] = 0x0a;
  file.set(bytesOf(fortran ? inFortranOrder(array, array.shape) : array.data), dataStart);
  return file;
}

function readHeader(bytes: Uint8Array): { text: string; dataStart: number } {
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) throw new Error("npy: this is no NumPy file");
  const version = bytes[6];
  if (version !== 1 && version !== 2) throw new Error(`npy: format version ${version}, expected 1 or 2`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = version === 1 ? 10 : 12;
  const dataStart = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataStart > bytes.length)
    throw new Error(`npy: the header ends at byte ${dataStart}, the file at ${bytes.length}`);
  return { text: new TextDecoder("latin1").decode(bytes.subarray(start, dataStart)), dataStart };
}
