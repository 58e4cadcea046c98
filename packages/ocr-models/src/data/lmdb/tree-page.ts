import { readWord, viewOf } from "./numbers.js";

/** Bytes of the header of every page. */
export const headerBytes = 16;

const nodeBytes = 8;
const kinds = { branch: 0x01, leaf: 0x02, overflow: 0x04 } as const;
/** Every kind of page; other flags are those of a running process. */
const kindBits = 0x2f;
const nodeFlags = { overflow: 0x01, inside: 0x02 | 0x04 } as const;

/** A value: in its page, or on pages of its own. */
export type StoredValue = { bytes: Uint8Array } | { page: number; size: number };

/**
 * A branch or leaf page of the tree (`MDB_page` and `MDB_node` of LMDB 0.9): after the header the places of its nodes,
 * in order of their keys. Every access is checked against the page and throws an Error for one that is damaged.
 */
export class TreePage {
  readonly isLeaf: boolean;
  /** Number of nodes. */
  readonly count: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, number: number) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    checkHeader(this.view, number, kinds.branch | kinds.leaf);
    this.isLeaf = (this.view.getUint16(10, true) & kinds.leaf) !== 0;
    const [lower, upper] = [this.view.getUint16(12, true), this.view.getUint16(14, true)];
    if (lower <= headerBytes || lower % 2 !== 0 || lower > upper || upper > bytes.length) {
      throw new Error(`page ${number} has no room for its entries (${lower} to ${upper} of ${bytes.length} bytes)`);
    }
    this.count = (lower - headerBytes) / 2;
  }

  /** The node whose key is `key`, in a leaf; undefined if there is none. */
  find(key: Uint8Array): number | undefined {
    const last = this.lastUpTo(key, 0);
    return last >= 0 && compare(this.key(last), key) === 0 ? last : undefined;
  }

  /** The page below a branch that keys such as `key` are in. The first node stands for all keys before the second. */
  childFor(key: Uint8Array): number {
    const at = this.node(Math.max(0, this.lastUpTo(key, 1)));
    return (
      this.view.getUint16(at, true) +
      this.view.getUint16(at + 2, true) * 2 ** 16 +
      this.view.getUint16(at + 4, true) * 2 ** 32
    );
  }

  /** The value of a leaf's node. */
  value(index: number): StoredValue {
    const at = this.node(index);
    const size = this.view.getUint16(at, true) + this.view.getUint16(at + 2, true) * 2 ** 16;
    const flags = this.view.getUint16(at + 4, true);
    const start = at + nodeBytes + this.view.getUint16(at + 6, true);
    if ((flags & nodeFlags.inside) !== 0) throw new Error("an entry is a database of its own");
    if ((flags & nodeFlags.overflow) === 0) return { bytes: this.slice(start, size) };
    this.slice(start, 8);
    return { page: readWord(this.view, start), size };
  }

  /** The last node from `first` on whose key is not behind `key`, or `first - 1`. */
  private lastUpTo(key: Uint8Array, first: number): number {
    let [low, high] = [first, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.key(middle), key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private key(index: number): Uint8Array {
    const at = this.node(index);
    return this.slice(at + nodeBytes, this.view.getUint16(at + 6, true));
  }

  /** Where a node begins. */
  private node(index: number): number {
    const at = this.view.getUint16(headerBytes + 2 * index, true);
    this.slice(at, nodeBytes);
    return at;
  }

  private slice(start: number, size: number): Uint8Array {
    if (start < headerBytes || start + size > this.bytes.length) {
      throw new Error(`an entry lies outside of its page (bytes ${start} to ${start + size} of ${this.bytes.length})`);
    }
    return this.bytes.subarray(start, start + size);
  }
}

/** Checks the header of the first page of a value that has pages of its own: its number, and room for `size` bytes. */
export function checkOverflow(header: Uint8Array, number: number, size: number, pageBytes: number): void {
  const view = viewOf(header);
  checkHeader(view, number, kinds.overflow);
  const pages = view.getUint32(12, true);
  if (pages * pageBytes < headerBytes + size) {
    throw new Error(`page ${number} begins a value of ${size} bytes, but only ${pages} pages are its own`);
  }
}

function checkHeader(view: DataView, number: number, allowed: number): void {
  const found = readWord(view, 0);
  if (found !== number) throw new Error(`page ${number} says that it is page ${found}`);
  const kind = view.getUint16(10, true) & kindBits;
  if (kind === 0 || (kind & (kind - 1)) !== 0 || (kind & allowed) === 0) {
    throw new Error(`page ${number} is of the wrong kind (${kind})`);
  }
}

/** Byte by byte, and of two keys of which one begins the other the shorter first, as LMDB compares by default. */
function compare(a: Uint8Array, b: Uint8Array): number {
  const size = Math.min(a.length, b.length);
  for (let i = 0; i < size; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
