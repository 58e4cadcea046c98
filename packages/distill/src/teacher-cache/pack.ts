/** One sample's outputs in a pack: where they lie in the file, a digest of their bytes, and each feature's shape. */
export interface PackEntry {
  readonly key: string;
  readonly at: number;
  readonly size: number;
  readonly digest: string;
  readonly shapes: readonly (readonly [feature: string, shape: readonly number[]])[];
}

/** One sample's outputs, features one after another in `bytes`. */
export interface PackedOutput {
  readonly key: string;
  readonly shapes: PackEntry["shapes"];
  readonly bytes: Uint8Array;
}

/** What of a file is read first: enough to know what it is. */
interface Head {
  /** The teacher, see `teacherIdentity`. */
  readonly teacher: string;
  readonly entries: readonly PackEntry[];
}

/** SHA-256 in hexadecimal digits. */
export type Digest = (bytes: Uint8Array | string) => string;

/** Reads part of a file; gives less where it ends before. */
export type ReadPart = (at: number, size: number) => Uint8Array;

const magic = "retort-teacher-cache 1";
/** The first line: what the file is, how long the head is, and its digest. */
const firstLine = (size: number, digest: string): string => `${magic} ${String(size).padStart(10)} ${digest}\n`;
const firstSize = firstLine(0, "0".repeat(64)).length;

/** The bytes of a pack: a first line, a head in JSON, and the outputs. */
export function writePack(teacher: string, outputs: readonly PackedOutput[], digest: Digest): Uint8Array {
  let at = 0;
  const entries = outputs.map(({ key, shapes, bytes }): PackEntry => {
    const entry = { key, at, size: bytes.length, digest: digest(bytes), shapes };
    at += bytes.length;
    return entry;
  });
  const head = new TextEncoder().encode(`${JSON.stringify({ teacher, entries } satisfies Head)}\n`);
  const start = firstSize + head.length;
  const pack = new Uint8Array(start + at);
  pack.set(new TextEncoder().encode(firstLine(head.length, digest(head))));
  pack.set(head, firstSize);
  outputs.forEach(({ bytes }, i) => {
    pack.set(bytes, start + entries[i].at);
  });
  return pack;
}

/**
 * What a pack holds, without the outputs; `at` of its entries counts from the beginning of the file.
 * @throws Error saying in what way the file is not a whole pack of this teacher
 */
export function readPackHead(teacher: string, read: ReadPart, digest: Digest): PackEntry[] {
  const first = new TextDecoder().decode(read(0, firstSize));
  if (!first.startsWith(magic)) throw new Error("is no file of a teacher_cache of this version");
  const size = Number(first.slice(magic.length, -66));
  const head = Number.isSafeInteger(size) ? read(firstSize, size) : new Uint8Array();
  if (firstLine(size, digest(head)) !== first) throw new Error("is damaged at its beginning");
  const content = JSON.parse(new TextDecoder().decode(head)) as Head;
  if (content.teacher !== teacher) throw new Error("belongs to another teacher");
  const start = firstSize + head.length;
  return content.entries.map((entry) => ({ ...entry, at: start + entry.at }));
}

/** The outputs of an entry, or undefined where its bytes are not those that were written. */
export function readPacked(entry: PackEntry, read: ReadPart, digest: Digest): Uint8Array | undefined {
  const bytes = read(entry.at, entry.size);
  return digest(bytes) === entry.digest ? bytes : undefined;
}
