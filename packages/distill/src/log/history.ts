import type { EvaluationRecord, MetricsRecord, StepRecord } from "./json-lines.js";

/** What `metrics.jsonl` tells of a training, in the order of its steps. */
export interface TrainingHistory {
  readonly steps: readonly StepRecord[];
  readonly evaluations: readonly EvaluationRecord[];
}

const spelled: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** A value of JSON; the texts that stand for what JSON has no number for become numbers. */
const revived = (_: string, value: unknown): unknown =>
  typeof value === "string" && Object.hasOwn(spelled, value) ? spelled[value] : value;

/**
 * Reads the text of a `metrics.jsonl`. Where a training was stopped and went on from an earlier step, or began anew in the
 * same folder, the later lines count, and what the earlier ones say of those steps does not. A last line without line feed
 * is one that a killed training did not finish, and is left out.
 * @throws Error naming the file and the line that is no record
 */
export function parseHistory(text: string, file: string): TrainingHistory {
  const records: MetricsRecord[] = [];
  const lines = text.split("\n").slice(0, -1);
  for (const [i, line] of lines.entries()) {
    const record = parseRecord(line, `${file}, line ${i + 1}`);
    while (records.length > 0 && isAfter(records[records.length - 1], record)) records.pop();
    records.push(record);
  }
  return {
    steps: records.filter((record) => record.kind === "train"),
    evaluations: records.filter((record) => record.kind === "eval"),
  };
}

/** Whether an earlier line tells of steps that a later one is about to tell anew. */
function isAfter(earlier: MetricsRecord, later: MetricsRecord): boolean {
  return (
    earlier.step > later.step || (earlier.step === later.step && !(earlier.kind === "train" && later.kind === "eval"))
  );
}

function parseRecord(line: string, where: string): MetricsRecord {
  let record: Partial<MetricsRecord> | null;
  try {
    record = JSON.parse(line, revived);
  } catch (error) {
    throw new Error(`${where} is no JSON: ${(error as Error).message}`);
  }
  const known = record !== null && (record?.kind === "train" || record?.kind === "eval");
  if (!known || typeof record?.step !== "number") {
    throw new Error(`${where}: expected a record of kind "train" or "eval" with its step, found ${line.slice(0, 80)}`);
  }
  return record as MetricsRecord;
}
