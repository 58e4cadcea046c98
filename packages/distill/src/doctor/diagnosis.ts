import type { Patient } from "./patient.js";

/** Something wrong, and what to do about it, in plain words. */
export interface Finding {
  /** With a `fault` the networks will hardly learn to read; a `doubt` costs accuracy, or time, or may be meant. */
  readonly severity: "fault" | "doubt";
  readonly problem: string;
  /** What to change, with the keys of the config. */
  readonly change: string;
}

/** What looking for one kind of fault gave. */
export interface Outcome {
  /** What there is, in one line, whether it is good or bad. */
  readonly seen: string;
  readonly findings: readonly Finding[];
}

/** One thing that can be wrong with a training, and how to see it. */
export interface Diagnosis {
  /** Short: `dictionary`. */
  readonly name: string;
  /** The question that it answers. */
  readonly asks: string;
  examine(patient: Patient): Promise<Outcome>;
}

/** A fault as a finding. */
export const fault = (problem: string, change: string): Finding => ({ severity: "fault", problem, change });

/** A doubt as a finding. */
export const doubt = (problem: string, change: string): Finding => ({ severity: "doubt", problem, change });

/** Above this share, what is wrong with single samples is a fault of the data. */
const many = 0.05;

/** What is wrong with a share of the samples: a doubt, or a fault where there are many. */
export const byShare = (share: number, problem: string, change: string): Finding =>
  (share > many ? fault : doubt)(problem, change);

/** A share as a percentage. */
export const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 0)} %`;

/** A number with a few digits. */
export const short = (value: number): string => String(Number(value.toPrecision(2)));
