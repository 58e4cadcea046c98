import { readWord, viewOf } from "./numbers.js";

/** What a meta page says. A file has two, and the one with the later transaction counts. */
export interface Meta {
  pageBytes: number;
  transaction: number;
  /** Page of the tree's root; undefined for a database without entries. */
  root: number | undefined;
}

/** How many bytes of a meta page matter. */
export const metaBytes = 152;

const magic = 0xbeefc0de;
const swappedMagic = 0xdec0efbe;
const metaPage = 8;

/** Orders of keys that python-lmdb writes only on request: from the end, with duplicates, as integers. */
const otherOrders = 0x02 | 0x04 | 0x08;

/**
 * Reads a meta page of LMDB's data format 1 (`MDB_meta` of `mdb.c`, LMDB 0.9; 64-bit, little-endian): a page header,
 * magic number, version, and the records of the free list and of the main database. Throws an Error that says why it is
 * none.
 */
export function readMeta(bytes: Uint8Array): Meta {
  if (bytes.length < metaBytes) throw new Error(`a meta page has at least ${metaBytes} bytes, found ${bytes.length}`);
  const view = viewOf(bytes);
  const found = view.getUint32(16, true);
  if (found === swappedMagic) throw new Error("it was written on a big-endian machine, which is not supported");
  if (found !== magic || (view.getUint16(10, true) & metaPage) === 0) throw new Error("there is no LMDB meta page");
  const version = view.getUint32(20, true);
  if (version !== 1) throw new Error(`it has LMDB's data format ${version}; python-lmdb writes format 1`);
  const pageBytes = view.getUint32(40, true);
  if (pageBytes < 512 || pageBytes > 32768 || (pageBytes & (pageBytes - 1)) !== 0) {
    throw new Error(`its pages would have ${pageBytes} bytes`);
  }
  if ((view.getUint16(92, true) & otherOrders) !== 0) {
    throw new Error("its keys are duplicates, integers or in reverse order; a data set has texts, each once");
  }
  const none = view.getUint32(128, true) === 0xffffffff && view.getUint32(132, true) === 0xffffffff;
  return { pageBytes, transaction: readWord(view, 144), root: none ? undefined : readWord(view, 128) };
}
