import type { FileHandle } from "node:fs/promises";

let written = 0;

async function flush(path: string): Promise<void> {
  const { open } = await import("node:fs/promises");
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function fill(handle: FileHandle, data: Uint8Array | string): Promise<void> {
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file so that it is there whole or not at all, whatever interrupts: into a temporary file of the same folder,
 * flushed to the disk, then renamed over `path`. An older file stays as it is until that moment. Runs in Node; the
 * folder must exist.
 * @throws Error that names the file; nothing of it is left behind then
 */
export async function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  const { open, rename, rm } = await import("node:fs/promises");
  const { basename, dirname, join } = await import("node:path");
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${written++}.tmp`);
  try {
    await fill(await open(temporary, "wx"), data);
    await rename(temporary, path);
    // A folder cannot be opened on Windows, where a rename is durable by itself.
    if (process.platform !== "win32") await flush(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new Error(`cannot write "${path}": ${(error as Error).message}`, { cause: error });
  }
}
