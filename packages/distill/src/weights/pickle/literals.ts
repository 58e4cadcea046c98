import { type PickleContext, shortened } from "./values.js";

/** How protocols 0 and 1 write a boolean. */
const booleans: Readonly<Record<string, boolean>> = { "00": false, "01": true };
const notFinite: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};
const escapes: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** An exact integer. @throws PickleError beyond 2^53 */
export function exactInteger(value: bigint, context: PickleContext): number {
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw context.error(`the integer ${value} is beyond 2^53, up to which numbers are exact`);
}

/** An integer or boolean as protocol 0 writes it: `12`, `12L` or `01`. */
export function parseInteger(text: string, context: PickleContext): number | boolean {
  if (Object.hasOwn(booleans, text)) return booleans[text];
  if (!/^-?\d{1,30}L?$/.test(text)) throw context.error(`${shortened(text)} is no integer`);
  return exactInteger(BigInt(text.replace("L", "")), context);
}

/** A number as Python prints it. */
export function parseFloating(text: string, context: PickleContext): number {
  if (Object.hasOwn(notFinite, text)) return notFinite[text];
  if (text.length <= 64 && /^-?\d+(\.\d*)?(e[-+]?\d+)?$/.test(text)) return Number(text);
  throw context.error(`${shortened(text)} is no number`);
}

/** An integer from its bytes, the least significant first, in two's complement. @throws PickleError beyond 2^53 */
export function longInteger(bytes: Uint8Array, context: PickleContext): number {
  if (bytes.length > 8) {
    throw context.error(`an integer of ${bytes.length} bytes is beyond 2^53, up to which numbers are exact`);
  }
  const value = bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return exactInteger(BigInt.asIntN(8 * bytes.length, value), context);
}

/** Text as protocol 0 writes it: Latin-1, other characters as `\u` and `\U` with their code. */
export function parseUnicode(text: string, context: PickleContext): string {
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long ?? "", 16);
    if (code > 0x10ffff) throw context.error(`there is no character ${code.toString(16)}`);
    return String.fromCodePoint(code);
  });
}

/** A string of Python 2 as protocol 0 writes it: in quotes, with escapes. */
export function parseQuoted(text: string, context: PickleContext): string {
  const quote = text[0];
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote) {
    throw context.error(`the text ${shortened(text)} is not in quotes`);
  }
  return text.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (all, name: string) => {
    if (Object.hasOwn(escapes, name)) return escapes[name];
    if (/^x./.test(name)) return String.fromCharCode(Number.parseInt(name.slice(1), 16));
    return /^[0-7]/.test(name) ? String.fromCharCode(Number.parseInt(name, 8) & 0xff) : all;
  });
}
