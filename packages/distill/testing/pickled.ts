import { bytesOf, type HostArray, type HostDtype } from "@retort/tensor";
import type { PickleValue } from "../src/weights/pickle/values.js";

const codes: Partial<Record<HostDtype, string>> = {
  float32: "f4",
  float16: "f2",
  int64: "i8",
  uint16: "u2",
  bool: "b1",
};

/** Bytes from text, each character one byte. */
export const raw = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A tuple. */
export const tuple = (...items: PickleValue[]): readonly PickleValue[] => Object.freeze(items);

/** Pickles a value in protocol 4 with other opcodes than `writePdparams`, to test what reads them. */
export function pickled(value: PickleValue): Uint8Array {
  return Uint8Array.from([0x80, 4, ...opcodes(value), 0x2e]);
}

function opcodes(value: PickleValue): number[] {
  if (value === null) return [0x4e];
  if (typeof value === "boolean") return [value ? 0x88 : 0x89];
  if (typeof value === "number") return numberOpcodes(value);
  if (typeof value === "string") return [0x8d, ...sized(new TextEncoder().encode(value), 8)];
  if (value instanceof Uint8Array) return [0x42, ...sized(value, 4)];
  if (value instanceof Map) return [0x7d, 0x28, ...[...value].flat().flatMap(opcodes), 0x75];
  if (!Array.isArray(value)) return arrayOpcodes(value as HostArray);
  const items = value.flatMap(opcodes);
  return Object.isFrozen(value) ? [0x28, ...items, 0x74] : [0x5d, 0x28, ...items, 0x65];
}

function numberOpcodes(value: number): number[] {
  const bytes = new DataView(new ArrayBuffer(8));
  const exact = Number.isSafeInteger(value) && !Object.is(value, -0);
  if (exact) bytes.setBigInt64(0, BigInt(value), true);
  else bytes.setFloat64(0, value, false);
  return [...(exact ? [0x8a, 8] : [0x47]), ...new Uint8Array(bytes.buffer)];
}

function arrayOpcodes({ dtype, shape, data }: HostArray): number[] {
  const empty = raw("cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R");
  const type = raw(`cnumpy\ndtype\nU\x02${codes[dtype]}\x89\x88\x87R(K\x03U\x01<NNNK\x00K\x00K\x00tb`);
  return [
    ...empty,
    ...raw("(K\x01"),
    ...opcodes(tuple(...shape)),
    ...type,
    0x89,
    ...opcodes(bytesOf(data)),
    ...raw("tb"),
  ];
}

function sized(bytes: Uint8Array, width: number): number[] {
  return [...Array.from({ length: width }, (_, i) => Math.floor(bytes.length / 256 ** i) % 256), ...bytes];
}
