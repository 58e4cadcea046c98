import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Scalar, scalarEvent, versionEvent } from "./event.js";
import { tfRecord } from "./record.js";

const ending = ".retort";

/**
 * Writes scalars as an event file of TensorBoard into a folder, and removes the one that an earlier call has written there.
 * Returns the file. @throws Error when it cannot be written
 */
export async function writeEvents(folder: string, scalars: readonly Scalar[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const times = scalars.map(({ time }) => time);
  const begun = times.length === 0 ? 0 : times.reduce((a, b) => Math.min(a, b));
  const file = join(folder, `events.out.tfevents.${String(Math.floor(begun)).padStart(10, "0")}${ending}`);
  const events = [versionEvent(begun), ...scalars.map(scalarEvent)];
  for (const name of await readdir(folder)) {
    if (name.startsWith("events.out.tfevents.") && name.endsWith(ending)) await rm(join(folder, name));
  }
  await writeFile(file, Buffer.concat(events.map(tfRecord)));
  return file;
}
