import type { Random } from "@retort/tensor/random";
import type { Field, Picture } from "./picture.js";

/** What a chain of transforms works on. A transform returns a new sample and leaves its input alone. */
export interface Sample {
  /** Where the image comes from. */
  readonly path: string;
  /** The text of the label file. */
  readonly label: string;
  /** Reads the image file; rejects when that is impossible. */
  readonly read: () => Promise<Uint8Array>;
  /** The decoded image. */
  readonly picture?: Picture;
  /** What KeepKeys can choose from, by the reference's names. */
  readonly fields: Readonly<Record<string, Field>>;
}

/** Why a sample cannot be used. */
export class Rejection {
  /** A short reason, the same for all samples with this problem. */
  readonly reason: string;
  /** The details of this sample. */
  readonly detail: string;

  constructor(reason: string, detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

/** What a transform may use beside the sample. */
export interface TransformContext {
  /** Random numbers of this sample in this epoch; they depend on nothing else. */
  random: Random;
}

/** One step of the pipeline. */
export type Transform = (sample: Sample, context: TransformContext) => Sample | Rejection | Promise<Sample | Rejection>;

/** A copy of `sample` with further fields. */
export function withFields(sample: Sample, fields: Record<string, Field>): Sample {
  return { ...sample, fields: { ...sample.fields, ...fields } };
}

/** A 0-d field. */
export function scalar(value: number, kind: "float32" | "int32"): Field {
  return { data: kind === "int32" ? Int32Array.of(value) : Float32Array.of(value), shape: [] };
}

/** A 1-d field. */
export function vector(data: Int32Array): Field {
  return { data, shape: [data.length] };
}
