import { bytesOf, checkHostArray, type HostArray, type HostDtype } from "@retort/tensor";

/** NumPy's name of each element type, and how many bytes an element has. */
const numpyTypes: Readonly<Partial<Record<HostDtype, string>>> = {
  float64: "f8",
  float32: "f4",
  float16: "f2",
  int64: "i8",
  int32: "i4",
  int16: "i2",
  int8: "i1",
  uint64: "u8",
  uint32: "u4",
  uint16: "u2",
  uint8: "u1",
  bool: "b1",
};

/** Opcodes of pickle protocol 4 (CPython: Lib/pickletools.py). */
const opcode = {
  protocol: 0x80,
  mark: "(".charCodeAt(0),
  emptyDictionary: "}".charCodeAt(0),
  setItems: "u".charCodeAt(0),
  tuple: "t".charCodeAt(0),
  tuple1: 0x85,
  tuple3: 0x87,
  none: "N".charCodeAt(0),
  true: 0x88,
  false: 0x89,
  int32: "J".charCodeAt(0),
  text: "X".charCodeAt(0),
  bytes: "B".charCodeAt(0),
  longBytes: 0x8e,
  global: 0x93,
  call: "R".charCodeAt(0),
  build: "b".charCodeAt(0),
  stop: ".".charCodeAt(0),
} as const;

/**
 * Writes a state dict as a `.pdparams` file that `paddle.load` reads: a pickle of protocol 4, a dictionary of NumPy arrays
 * by key. Any NumPy can load it: it names NumPy's functions where old and new versions have them. Paddle's own names of
 * the parameters are left out, which its loading by key does not need.
 * @throws Error naming the tensor whose shape, dtype and data disagree, or of a type that NumPy lacks
 */
export function writePdparams(tensors: ReadonlyMap<string, HostArray>): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(opcode.protocol, 4, opcode.emptyDictionary, opcode.mark)];
  for (const [key, array] of tensors) parts.push(text(key), ...pickledArray(key, array));
  parts.push(Uint8Array.of(opcode.setItems, opcode.stop));
  return joined(parts);
}

/** `_reconstruct(numpy.ndarray, (0,), b"b")`, given the state (1, shape, dtype, False, elements). */
function pickledArray(key: string, array: HostArray): Uint8Array[] {
  checkHostArray(`pdparams: tensor "${key}"`, array);
  const type = numpyTypes[array.dtype];
  if (type === undefined) throw new Error(`pdparams: tensor "${key}": NumPy has no ${array.dtype}`);
  const { call, mark, tuple, tuple3, build } = opcode;
  return [
    global("numpy.core.multiarray", "_reconstruct"),
    global("numpy", "ndarray"),
    integer(0),
    Uint8Array.of(opcode.tuple1),
    ...bytes(Uint8Array.of("b".charCodeAt(0))),
    Uint8Array.of(tuple3, call, mark),
    integer(1),
    Uint8Array.of(mark),
    ...array.shape.map(integer),
    Uint8Array.of(tuple),
    ...pickledDtype(type),
    Uint8Array.of(opcode.false),
    ...bytes(bytesOf(array.data)),
    Uint8Array.of(tuple, build),
  ];
}

/** `dtype(name, False, True)`, given the state (3, byte order, None, None, None, -1, -1, 0). */
function pickledDtype(name: string): Uint8Array[] {
  const { none, tuple, tuple3, build, call, mark } = opcode;
  const order = name.endsWith("1") ? "|" : "<";
  return [
    global("numpy", "dtype"),
    text(name),
    Uint8Array.of(opcode.false, opcode.true, tuple3, call, mark),
    integer(3),
    text(order),
    Uint8Array.of(none, none, none),
    integer(-1),
    integer(-1),
    integer(0),
    Uint8Array.of(tuple, build),
  ];
}

function global(module: string, name: string): Uint8Array {
  return joined([text(module), text(name), Uint8Array.of(opcode.global)]);
}

function text(value: string): Uint8Array {
  const utf8 = new TextEncoder().encode(value);
  const result = new Uint8Array(5 + utf8.length);
  new DataView(result.buffer).setUint32(1, utf8.length, true);
  result[0] = opcode.text;
  result.set(utf8, 5);
  return result;
}

function integer(value: number): Uint8Array {
  if (value !== (value | 0)) throw new Error(`pdparams: a tensor has an axis of ${value}, above 2^31`);
  const result = Uint8Array.of(opcode.int32, 0, 0, 0, 0);
  new DataView(result.buffer).setInt32(1, value, true);
  return result;
}

/** The bytes behind their length; of themselves no copy is made. */
function bytes(value: Uint8Array): Uint8Array[] {
  const long = value.length >= 2 ** 32;
  const head = new Uint8Array(long ? 9 : 5);
  head[0] = long ? opcode.longBytes : opcode.bytes;
  if (long) new DataView(head.buffer).setBigUint64(1, BigInt(value.length), true);
  else new DataView(head.buffer).setUint32(1, value.length, true);
  return [head, value];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
