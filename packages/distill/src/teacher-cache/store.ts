import { writeFileAtomic } from "../files/atomic.js";
import { type Digest, type PackEntry, type PackedOutput, readPacked, readPackHead, writePack } from "./pack.js";

const ending = ".pack";
/** A pack is written once so many bytes have come together. */
const packBytes = 2 ** 22;
/** A file that a write began and did not end is removed once nobody can be writing it any more: after an hour. */
const staleAfter = 3_600_000;

/** The parts of Node that a store needs, loaded when one is opened. */
interface Node {
  readonly fs: typeof import("node:fs");
  readonly join: typeof import("node:path").join;
  readonly digest: Digest;
}

/**
 * What has been stored of one teacher, by key, in packs of one folder. Nothing that was not written whole, or has changed
 * since, is given out. Several trainings may use a folder at the same time.
 */
export class OutputStore {
  /** What was found wrong since it was last asked for; each names a file. */
  private readonly found: string[] = [];
  private readonly node: Node;
  private readonly folder: string;
  private readonly teacher: string;
  private readonly places = new Map<string, { file: string; entry: PackEntry }>();
  /** Packs that were looked through, by their paths. */
  private readonly known = new Set<string>();
  private pending = new Map<string, PackedOutput>();
  private pendingBytes = 0;

  private constructor(node: Node, folder: string, teacher: string) {
    this.node = node;
    this.folder = folder;
    this.teacher = teacher;
  }

  /** Makes the folder if need be and looks through the packs in it. Runs in Node. @throws Error naming what cannot be read */
  static async open(folder: string, teacher: string): Promise<OutputStore> {
    const fs = await import("node:fs");
    const { createHash } = await import("node:crypto");
    const { join } = await import("node:path");
    const digest: Digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
    const store = new OutputStore({ fs, join, digest }, folder, teacher);
    store.refresh();
    return store;
  }

  /** Looks through the packs that have been written since the last time. @throws Error naming what cannot be read */
  refresh(): void {
    const { mkdirSync, rmSync } = this.node.fs;
    try {
      mkdirSync(this.folder, { recursive: true });
      for (const { file, modified } of this.unknownFiles()) {
        if (file.endsWith(ending)) this.look(file);
        const unfinished = /\.pack\.[\d-]+\.tmp$/.test(file);
        if (unfinished && Date.now() - modified > staleAfter) rmSync(file, { force: true });
      }
    } catch (error) {
      throw new Error(`Global.teacher_cache: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Files of the folder that were not looked through. What was stored again, since it was damaged, comes after what it replaces. */
  private unknownFiles(): { file: string; modified: number }[] {
    const { readdirSync, statSync } = this.node.fs;
    const files = readdirSync(this.folder)
      .sort()
      .map((name) => this.node.join(this.folder, name))
      .filter((file) => !this.known.has(file))
      // What another process writes gets its name in the meantime.
      .flatMap((file) => {
        const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
        return modified === undefined ? [] : [{ file, modified }];
      });
    return files.sort((a, b) => a.modified - b.modified);
  }

  private look(file: string): void {
    this.known.add(file);
    try {
      const entries = this.reading(file, (read) => readPackHead(this.teacher, read, this.node.digest));
      for (const entry of entries) this.places.set(entry.key, { file, entry });
    } catch (error) {
      this.found.push(`${file} ${(error as Error).message}, and is not used`);
    }
  }

  private reading<T>(file: string, use: (read: (at: number, size: number) => Uint8Array) => T): T {
    const { openSync, readSync, closeSync, fstatSync } = this.node.fs;
    const handle = openSync(file, "r");
    try {
      const { size: whole } = fstatSync(handle);
      return use((at, size) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(size, whole - at)));
        return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, at));
      });
    } finally {
      closeSync(handle);
    }
  }

  /** What is stored under a key; undefined where nothing is, or nothing whole. */
  get(key: string): PackedOutput | undefined {
    const waiting = this.pending.get(key);
    if (waiting !== undefined) return waiting;
    const place = this.places.get(key);
    if (place === undefined) return undefined;
    const { file, entry } = place;
    const bytes = this.stored(file, entry);
    if (bytes !== undefined) return { key, shapes: entry.shapes, bytes };
    this.places.delete(key);
    return undefined;
  }

  private stored(file: string, entry: PackEntry): Uint8Array | undefined {
    try {
      const bytes = this.reading(file, (read) => readPacked(entry, read, this.node.digest));
      if (bytes === undefined) this.found.push(`${file} is damaged; what cannot be read is computed again`);
      return bytes;
    } catch (error) {
      this.found.push(`${file} cannot be read (${(error as Error).message}); its outputs are computed again`);
      return undefined;
    }
  }

  /** Keeps an output, in memory until `flush`. */
  add(output: PackedOutput): void {
    this.pending.set(output.key, output);
    this.pendingBytes += output.bytes.length;
  }

  /** Writes what was added if there is enough of it for a pack, or in any case. @throws Error naming the file that cannot be written */
  async flush({ all }: { readonly all: boolean }): Promise<void> {
    if (this.pending.size === 0 || (!all && this.pendingBytes < packBytes)) return;
    const outputs = [...this.pending.values()];
    const pack = writePack(this.teacher, outputs, this.node.digest);
    const file = this.node.join(this.folder, `${this.node.digest(pack).slice(0, 32)}${ending}`);
    await writeFileAtomic(file, pack);
    this.look(file);
    this.pending = new Map();
    this.pendingBytes = 0;
  }

  /** What was found wrong since this was called last, once each. */
  problems(): string[] {
    return [...new Set(this.found.splice(0))];
  }
}
