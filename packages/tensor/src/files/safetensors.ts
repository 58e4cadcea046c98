import {
  bytesOf,
  checkHostArray,
  type HostArray,
  type HostDtype,
  hostConstructors,
  hostDataFrom,
} from "./host-array.js";

/** What a safetensors file holds: named arrays and a flat table of strings. */
export interface SafetensorsFile {
  /** Arrays by name, in the order of their bytes in the file. */
  tensors: Map<string, HostArray>;
  metadata: Record<string, string>;
}

interface Entry {
  name: string;
  dtype: HostDtype;
  shape: number[];
  start: number;
  end: number;
}

const dtypeOfCode: Record<string, HostDtype> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U64: "uint64",
  U32: "uint32",
  U16: "uint16",
  U8: "uint8",
  BOOL: "bool",
};
const codeOfDtype = new Map(Object.entries(dtypeOfCode).map(([code, dtype]) => [dtype, code]));
const largestHeader = 100_000_000;

/**
 * Reads a safetensors file from memory (format: 8 bytes of header length, a JSON header, then the arrays without gaps).
 * The arrays are copies. Throws an Error that names the tensor when the header, a shape, an offset or a size is wrong,
 * when two tensors overlap, or when bytes belong to no tensor.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, dataStart } = readHeader(bytes);
  const metadata = readMetadata(header.get("__metadata__"));
  header.delete("__metadata__");
  const entries = [...header].map(([name, value]) => readEntry(name, value));
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  checkCoverage(entries, bytes.length - dataStart);
  const tensors = new Map<string, HostArray>();
  for (const { name, dtype, shape, start, end } of entries) {
    const data = hostDataFrom(dtype, bytes.subarray(dataStart + start, dataStart + end));
    tensors.set(name, { dtype, shape, data });
  }
  return { tensors, metadata };
}

/**
 * Writes arrays and metadata as a safetensors file. Arrays of wider elements come first, so that each lies aligned;
 * otherwise the given order is kept. Throws an Error that names the tensor whose shape, dtype and data disagree.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostArray>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const width = (array: HostArray): number => hostConstructors[array.dtype].BYTES_PER_ELEMENT;
  const ordered = [...tensors].sort(([, a], [, b]) => width(b) - width(a));
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let size = 0;
  for (const [name, array] of ordered) {
    if (name === "__metadata__") throw new Error("safetensors: a tensor cannot be called __metadata__");
    checkHostArray(`safetensors: tensor "${name}"`, array);
    const end = size + array.data.byteLength;
    header.push([name, { dtype: codeOfDtype.get(array.dtype), shape: array.shape, data_offsets: [size, end] }]);
    size = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + size).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(text, 8);
  let at = 8 + headerLength;
  for (const [, array] of ordered) {
    file.set(bytesOf(array.data), at);
    at += array.data.byteLength;
  }
  return file;
}

function readHeader(bytes: Uint8Array): { header: Map<string, unknown>; dataStart: number } {
  if (bytes.length < 8) throw new Error(`safetensors: the file has ${bytes.length} bytes, a header needs at least 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > largestHeader) throw new Error(`safetensors: a header of ${length} bytes is above ${largestHeader}`);
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length) {
    throw new Error(`safetensors: the header should have ${length} bytes, the file has only ${bytes.length - 8} left`);
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, dataStart)));
  } catch (error) {
    throw new Error(`safetensors: the header is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(header)) throw new Error("safetensors: the header is not a JSON object");
  return { header: new Map(Object.entries(header)), dataStart };
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new Error("safetensors: __metadata__ is not a JSON object");
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw new Error(`safetensors: __metadata__ "${key}" is not a string`);
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown): Entry {
  const what = `safetensors: tensor "${name}"`;
  if (!isRecord(value)) throw new Error(`${what}: its header entry is not a JSON object`);
  const unknown = Object.keys(value).find((key) => !["dtype", "shape", "data_offsets"].includes(key));
  if (unknown !== undefined) throw new Error(`${what}: unknown header field "${unknown}"`);
  const dtype = Object.hasOwn(dtypeOfCode, String(value.dtype)) ? dtypeOfCode[String(value.dtype)] : undefined;
  if (dtype === undefined) throw new Error(`${what}: unknown dtype ${JSON.stringify(value.dtype)}`);
  const shape = value.shape;
  if (!isSizes(shape)) throw new Error(`${what}: shape ${JSON.stringify(shape)} is not a list of sizes`);
  const offsets = value.data_offsets;
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new Error(`${what}: data_offsets ${JSON.stringify(offsets)} are not a range of bytes`);
  }
  const needed = shape.reduce((product, size) => product * size, hostConstructors[dtype].BYTES_PER_ELEMENT);
  if (needed !== offsets[1] - offsets[0]) {
    throw new Error(
      `${what}: ${dtype} of shape [${shape}] needs ${needed} bytes, its range has ${offsets[1] - offsets[0]}`,
    );
  }
  return { name, dtype, shape, start: offsets[0], end: offsets[1] };
}

/** The ranges, sorted, must tile the data exactly. */
function checkCoverage(entries: Entry[], size: number): void {
  let at = 0;
  let previous = "";
  for (const { name, start, end } of entries) {
    if (end > size) throw new Error(`safetensors: tensor "${name}" ends at byte ${end}, the data has ${size} bytes`);
    if (start < at) throw new Error(`safetensors: tensors "${previous}" and "${name}" overlap`);
    if (start > at) throw new Error(`safetensors: bytes ${at} to ${start}, before tensor "${name}", belong to none`);
    at = end;
    previous = name;
  }
  if (at !== size) throw new Error(`safetensors: the last ${size - at} bytes belong to no tensor`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
