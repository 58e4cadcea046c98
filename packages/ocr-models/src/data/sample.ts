import type { Random } from "@retort/tensor/random";
import type { Region } from "./detection/region.js";
import type { BytePicture, Field, Picture, PictureSize } from "./picture.js";

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
  /** The labelled regions of the image, where text is to be found. */
  readonly regions?: readonly Region[];
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

/** Further samples of a data set, for a transform that makes one of several. */
export interface FurtherSamples {
  /**
   * The further sample number `index`, from 0: usable, drawn for the sample and the epoch at hand, and prepared by the
   * first transforms only. Undefined where none is found.
   */
  sample(index: number): Promise<Sample | undefined>;
  /** Whether the label encoders of the list take a text. */
  accepts(label: string): Promise<boolean>;
}

/** What a transform may use beside the sample. */
export interface TransformContext {
  /** Random numbers of this sample in this epoch; they depend on nothing else. */
  random: Random;
  /** The number of the epoch, from 0; 0 if missing. */
  epoch?: number;
  /** Missing where the sample comes from no data set. */
  further?: FurtherSamples;
  /** The size of the pictures of the batch; missing where the transforms alone say it. */
  size?: PictureSize;
}

/** One step of the pipeline. */
export type Transform = (sample: Sample, context: TransformContext) => Sample | Rejection | Promise<Sample | Rejection>;

/** The decoded image of a sample. Throws an Error that names `transform` if there is none. */
export function pictureOf(transform: string, { picture }: Sample): Picture {
  if (picture === undefined) throw new Error(`${transform} needs a decoded image: put DecodeImage before it`);
  return picture;
}

/** The decoded image of a sample. Throws an Error that names `transform` if there is none, or no longer in 8 bits. */
export function pixelsOf(transform: string, sample: Sample): BytePicture {
  const { data, width, height } = pictureOf(transform, sample);
  if (!(data instanceof Uint8Array)) throw new Error(`${transform} needs 8-bit pixels: put it before NormalizeImage`);
  return { data, width, height };
}

/** The regions of a sample. Throws an Error that names `transform` if its label has not been read. */
export function regionsOf(transform: string, { regions }: Sample): readonly Region[] {
  if (regions === undefined) throw new Error(`${transform} needs the regions of text: put DetLabelEncode before it`);
  return regions;
}

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
