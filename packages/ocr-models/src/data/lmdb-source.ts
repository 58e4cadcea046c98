import { type Dirent, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { LabelLine } from "./label-file.js";
import { LmdbFile } from "./lmdb/lmdb-file.js";
import type { SampleSource, SourcePart } from "./source.js";

const fileName = "data.mdb";

/**
 * Lines of the LMDB databases (`data.mdb`) in `dataDir` and the folders below it, in the order of their paths. A
 * database has the keys `num-samples`, and from 1 on `label-000000001` (UTF-8) and `image-000000001` (an image file's
 * bytes). Labels are read when they are asked for, so large databases cost no memory.
 */
export class LmdbSource implements SampleSource {
  readonly parts: readonly SourcePart[];
  private readonly files: ReadonlyMap<string, LmdbFile>;

  /** @throws Error that names the folder or file which is missing, damaged, or says no number of samples */
  constructor(dataDir: string) {
    const files = new Map<string, LmdbFile>();
    this.files = files;
    try {
      for (const folder of databaseFolders(resolve(dataDir))) files.set(folder, new LmdbFile(join(folder, fileName)));
      this.parts = [...files].map(([name, file]) => ({ name, count: countOf(file), ratio: 1 }));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  line(index: number): LabelLine {
    let first = 0;
    for (const { name, count } of this.parts) {
      if (index < first + count) return this.lineOf(name, index - first + 1);
      first += count;
    }
    throw new Error(`there are ${first} lines, asked for line ${index}`);
  }

  resolve(path: string): string {
    return path;
  }

  exists(path: string): boolean {
    return this.fileOf(path).has(basename(path));
  }

  async read(path: string): Promise<Uint8Array> {
    const bytes = this.fileOf(path).get(basename(path));
    if (bytes === undefined) throw new Error(`there is no ${basename(path)} in ${dirname(path)}`);
    return bytes;
  }

  close(): void {
    for (const file of this.files.values()) file.close();
  }

  private fileOf(path: string): LmdbFile {
    return this.files.get(dirname(path)) as LmdbFile;
  }

  private lineOf(folder: string, number: number): LabelLine {
    const digits = String(number).padStart(9, "0");
    const line = { paths: [join(folder, `image-${digits}`)], label: "", where: `${folder}, label-${digits}` };
    try {
      const label = this.files.get(folder)?.get(`label-${digits}`);
      if (label === undefined) return { ...line, problem: { reason: "label missing", detail: "there is no such key" } };
      return { ...line, label: new TextDecoder("utf-8", { fatal: true }).decode(label) };
    } catch (error) {
      return { ...line, problem: { reason: "unreadable label", detail: (error as Error).message } };
    }
  }
}

/** Every folder from `folder` down that has a database; one without has to have folders, down to some that do. */
function databaseFolders(folder: string): string[] {
  const entries = listed(folder);
  const own = entries.some(({ name }) => name === fileName) ? [folder] : [];
  const inside = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  if (own.length + inside.length === 0) throw new Error(`data_dir: there is no ${fileName} in ${folder}`);
  return [...own, ...inside.sort().flatMap(databaseFolders)];
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new Error(`data_dir: cannot read the folder ${folder} (${(error as NodeJS.ErrnoException).code})`);
  }
}

function countOf(file: LmdbFile): number {
  const bytes = file.get("num-samples");
  if (bytes === undefined) throw new Error(`${file.path} has no key num-samples, so it is no data set`);
  const text = new TextDecoder().decode(bytes);
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1) {
    throw new Error(`${file.path}: num-samples: expected a whole number from 1 on, found ${JSON.stringify(text)}`);
  }
  return count;
}
