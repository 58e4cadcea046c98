import { parseHistory, type TrainingHistory } from "../log/history.js";
import { type CheckpointHead, readCheckpointHead } from "../training/checkpoint.js";

/** What the folder of a training holds: what `Global.save_model_dir` named. */
export interface RunFolder {
  readonly folder: string;
  readonly history: TrainingHistory;
  /** The best model, or the latest where none was evaluated yet; undefined where nothing was saved yet. */
  readonly checkpoint?: CheckpointHead;
  /** When its log was last written, in seconds since 1970. */
  readonly time: number;
}

const checkpointNames = ["best_accuracy", "latest"];

/**
 * Opens the folder of a training, finished or not. Runs in Node.
 * @throws Error naming the folder that holds no training, or the file in it that is damaged
 */
export async function openRun(folder: string): Promise<RunFolder> {
  const { readFile, stat } = await import("node:fs/promises");
  const { existsSync } = await import("node:fs");
  const { join } = await import("node:path");
  const log = join(folder, "metrics.jsonl");
  const text = await readFile(log, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${log} cannot be read: ${error.code}; expected the folder that Global.save_model_dir named`);
  });
  const saved = checkpointNames.map((name) => join(folder, `${name}.json`)).find((file) => existsSync(file));
  return {
    folder,
    history: parseHistory(text, log),
    checkpoint: saved === undefined ? undefined : await readCheckpointHead(saved),
    time: (await stat(log)).mtimeMs / 1000,
  };
}
