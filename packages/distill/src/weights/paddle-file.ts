import { FormatError, type HostArray, hostConstructors, sizeOf } from "@retort/tensor";
import { unpickle } from "./pickle/unpickle.js";
import { describeItem, PickledArray, type PickleKey, type PickleValue } from "./pickle/values.js";

/** Key of a table: Paddle's own name of every tensor's parameter. */
const namesKey = "StructuredToParameterName@@";
/** Key of a table: which entries are parts of a tensor that was too big for the older protocols. */
const partsKey = "UnpackBigParamInfor@@";

/** A dictionary that `paddle.save` wrote. */
export interface PaddleFile {
  /** Its entries, tensors in one piece, without Paddle's own tables. */
  readonly entries: ReadonlyMap<string, PickleValue>;
  /** Paddle's own name of each tensor's parameter, such as `linear_0.w_0`, as far as the file tells. */
  readonly parameterNames: ReadonlyMap<string, string>;
}

/**
 * Reads a dictionary that `paddle.save` wrote (paddle/framework/io.py and io_utils.py).
 * @throws PickleError when the bytes are no pickle, or one that asks for more than arrays
 * @throws FormatError naming the entry that is not as Paddle writes it
 */
export function readPaddleFile(bytes: Uint8Array): PaddleFile {
  const entries = new Map<string, PickleValue>();
  for (const [key, value] of dictionary(unpickle(bytes), "the file")) {
    if (typeof key !== "string") throw new FormatError(`the file has the key ${key}, expected names`);
    entries.set(key, value);
  }
  joinParts(entries);
  const parameterNames = new Map<string, string>();
  for (const [key, name] of dictionary(entries.get(namesKey) ?? new Map(), namesKey)) {
    if (typeof name !== "string")
      throw new FormatError(`${namesKey}: "${key}" is ${describeItem(name)}, expected text`);
    parameterNames.set(`${key}`, name);
  }
  entries.delete(namesKey);
  return { entries, parameterNames };
}

/** A value that must be a dictionary. @throws FormatError naming `what` */
export function dictionary(value: PickleValue, what: string): ReadonlyMap<PickleKey, PickleValue> {
  if (value instanceof Map) return value;
  throw new FormatError(`${what} is ${describeItem(value)}, expected a dictionary`);
}

/** The tensor that an entry holds: an array, or a pair of the parameter's name and an array. */
export function tensorOf(value: PickleValue): { array: HostArray; name?: string } | undefined {
  if (value instanceof PickledArray) return { array: value };
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [name, array] = value as readonly PickleValue[];
  return typeof name === "string" && array instanceof PickledArray ? { array, name } : undefined;
}

/** Puts tensors that Paddle wrote in parts in the place of their parts. */
function joinParts(entries: Map<string, PickleValue>): void {
  const table = entries.get(partsKey);
  if (table === undefined) return;
  for (const [key, value] of dictionary(table, partsKey)) {
    const what = `${partsKey}: "${key}"`;
    const info = dictionary(value, what);
    const parts = listOf(info.get("slices"), `${what}: slices`).map((name) => takePart(entries, name, what));
    if (entries.has(`${key}`)) throw new FormatError(`${what} is there twice, whole and in parts`);
    const shape = listOf(info.get("OriginShape"), `${what}: OriginShape`);
    entries.set(`${key}`, joined(parts, shape, what));
  }
  entries.delete(partsKey);
}

function listOf(value: PickleValue | undefined, what: string): readonly PickleValue[] {
  if (Array.isArray(value)) return value;
  throw new FormatError(`${what}: expected a list, found ${describeItem(value ?? null)}`);
}

function takePart(entries: Map<string, PickleValue>, name: PickleValue, what: string): PickledArray {
  const part = typeof name === "string" ? entries.get(name) : undefined;
  if (!(part instanceof PickledArray)) {
    throw new FormatError(`${what}: there is no array for the part ${describeItem(name)}, or it is a part twice`);
  }
  entries.delete(name as string);
  return part;
}

function joined(parts: readonly PickledArray[], shape: readonly PickleValue[], what: string): PickledArray {
  const sizes = shape.filter((size): size is number => Number.isSafeInteger(size) && (size as number) >= 0);
  const count = parts.reduce((sum, { data }) => sum + data.length, 0);
  const [first] = parts;
  const fits = sizes.length === shape.length && count === sizeOf(sizes);
  if (first === undefined || !fits || parts.some(({ dtype }) => dtype !== first.dtype)) {
    const found = parts.map((part) => `${part.dtype} [${part.shape}]`).join(", ");
    throw new FormatError(`${what}: the parts ${found} do not make a tensor of shape [${sizes}]`);
  }
  const data = new hostConstructors[first.dtype](new ArrayBuffer(count * first.data.BYTES_PER_ELEMENT));
  let at = 0;
  for (const part of parts) {
    (data as Float32Array).set(part.data as Float32Array, at);
    at += part.data.length;
  }
  return Object.assign(new PickledArray(), { dtype: first.dtype, shape: sizes, data });
}
