import type { Diagnosis } from "../diagnosis.js";
import { balance } from "./balance.js";
import { batchNorm } from "./batch-norm.js";
import { dictionary } from "./dictionary.js";
import { inputs } from "./inputs.js";
import { labelLengths } from "./label-lengths.js";
import { learners } from "./learners.js";
import { mutual } from "./mutual.js";
import { oneBatch } from "./one-batch.js";
import { schedule } from "./schedule.js";
import { teacher } from "./teacher.js";
import { usableData } from "./usable-data.js";

/** Every diagnosis: first those that look, then those that run networks. */
export const diagnoses: readonly Diagnosis[] = [
  usableData,
  dictionary,
  labelLengths,
  inputs,
  schedule,
  learners,
  mutual,
  teacher,
  batchNorm,
  balance,
  oneBatch,
];
