import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type Meta, metaBytes, readMeta } from "./meta.js";
import { checkOverflow, headerBytes, type StoredValue, TreePage } from "./tree-page.js";

/** No tree of LMDB is deeper. */
const deepest = 32;

/** How many branch pages are kept; 16 MiB with pages of 4 KiB. */
const mostBranches = 4096;

/**
 * Reads the file `data.mdb` of an LMDB environment, as python-lmdb writes it (data format 1, 64-bit, little-endian),
 * without writing anything and without locks: nobody may write to it meanwhile. Only its unnamed database is read.
 * Everything that is read is checked first; a damaged file gives an Error that names the file and what is wrong.
 */
export class LmdbFile {
  readonly path: string;
  private readonly descriptor: number;
  private readonly size: number;
  private readonly meta: Meta;
  private readonly branches = new Map<number, TreePage>();
  private closed = false;

  /** @throws Error when the file cannot be opened or is no such file */
  constructor(path: string) {
    this.path = path;
    try {
      this.descriptor = openSync(path, "r");
    } catch (error) {
      throw new Error(`${path} cannot be opened: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
    }
    try {
      this.size = fstatSync(this.descriptor).size;
      this.meta = this.named(() => this.laterMeta());
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The value of a key; undefined if there is none. */
  get(key: string): Uint8Array | undefined {
    return this.named(() => {
      const found = this.find(key);
      return found && this.bytesOf(found);
    });
  }

  /** Whether there is a key; its value is not read. */
  has(key: string): boolean {
    return this.named(() => this.find(key) !== undefined);
  }

  /** Gives the file back to the system. */
  close(): void {
    if (!this.closed) closeSync(this.descriptor);
    this.closed = true;
  }

  private laterMeta(): Meta {
    const first = readMeta(this.read(0, Math.min(metaBytes, this.size)));
    const second = readMeta(this.read(first.pageBytes, metaBytes));
    if (second.pageBytes !== first.pageBytes) {
      throw new Error(`its meta pages say ${first.pageBytes} and ${second.pageBytes} bytes a page`);
    }
    return second.transaction > first.transaction ? second : first;
  }

  private find(text: string): StoredValue | undefined {
    const key = new TextEncoder().encode(text);
    if (this.meta.root === undefined) return undefined;
    let number = this.meta.root;
    for (let depth = 0; depth < deepest; depth++) {
      const page = this.page(number);
      if (page.isLeaf) {
        const index = page.find(key);
        return index === undefined ? undefined : page.value(index);
      }
      number = page.childFor(key);
    }
    throw new Error(`its tree is deeper than ${deepest} pages`);
  }

  private page(number: number): TreePage {
    const kept = this.branches.get(number);
    if (kept !== undefined) return kept;
    const { pageBytes } = this.meta;
    const page = new TreePage(this.read(number * pageBytes, pageBytes), number);
    if (!page.isLeaf && this.branches.size < mostBranches) this.branches.set(number, page);
    return page;
  }

  private bytesOf(value: StoredValue): Uint8Array {
    if ("bytes" in value) return value.bytes;
    const { page, size } = value;
    const { pageBytes } = this.meta;
    const all = this.read(page * pageBytes, headerBytes + size);
    checkOverflow(all, page, size, pageBytes);
    return all.subarray(headerBytes);
  }

  private read(start: number, length: number): Uint8Array {
    if (start + length > this.size) {
      throw new Error(`it is cut off: bytes ${start} to ${start + length} are needed, and it has ${this.size}`);
    }
    const bytes = new Uint8Array(length);
    const count = readSync(this.descriptor, bytes, 0, length, start);
    if (count < length) throw new Error(`only ${count} of ${length} bytes could be read at ${start}`);
    return bytes;
  }

  private named<T>(run: () => T): T {
    if (this.closed) throw new Error(`${this.path} has been closed`);
    try {
      return run();
    } catch (error) {
      throw new Error(`${this.path} is no LMDB file of python-lmdb, or damaged: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}
