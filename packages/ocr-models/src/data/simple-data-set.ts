import { Random } from "@retort/tensor/random";
import { type CtcSteps, ctcRejection } from "./ctc-limit.js";
import type { LabelLine } from "./label-file.js";
import { LabelFileSource } from "./label-file-source.js";
import type { PictureSize } from "./picture.js";
import { roundHalfToEven } from "./round.js";
import { type FurtherSamples, Rejection, type Sample } from "./sample.js";
import type { SampleSource } from "./source.js";
import { makePipeline, type Pipeline, type TransformConfig, type TransformSetup } from "./transforms.js";
import type { Unusable } from "./unusable.js";

/** The `dataset` section of a config, as PaddleOCR writes it. */
export interface DataSetConfig {
  name: string;
  data_dir?: string;
  /** Missing for LMDBDataSet, whose databases lie in `data_dir`. */
  label_file_list?: string | readonly string[];
  /** The share of each file's lines that an epoch uses, one for all files or one each; 1 if missing. */
  ratio_list?: number | readonly number[];
  /** Between path and label; a tab if missing. */
  delimiter?: string;
  /** How many of the first transforms prepare the samples that RecConAug joins and CopyPaste copies from; 2 if missing. */
  ext_op_transform_idx?: number;
  /** Of MultiScaleDataSet: widths follow the images, whose sizes the label files name. */
  ds_width?: boolean;
  transforms: readonly TransformConfig[];
}

/** What a data set needs beside its section; it can be sent to a worker thread. */
export interface DataSetup extends TransformSetup {
  /** In training an unusable sample is replaced by another one, in evaluation never. */
  mode: "train" | "eval";
  /** Seeds every draw: the lines of an epoch, their order, replacements, augmentation. */
  seed: number;
  /**
   * How many time steps the networks have that learn by CTC, for every size of pictures. A label that does not fit into
   * them cannot be used.
   */
  ctcSteps?: readonly CtcSteps[];
}

/** The outcome for one line: a sample (of this or, in training, of another line), and the lines that were unusable. */
export interface Loaded {
  line: number;
  sample?: Sample;
  unusable: Unusable[];
}

/** How often a training sample is replaced before training stops. */
const mostTries = 100;

/**
 * Images and texts by label files, after PaddleOCR's `SimpleDataSet`. Which sample a line gives depends on the seed, the
 * epoch and the line only. Constructing it reads the label files and throws an Error for a missing file, a malformed
 * line, a wrong ratio or transform. Other data sets differ in the source of their samples.
 */
export class SimpleDataSet {
  readonly source: SampleSource;
  /** Number of lines. */
  readonly size: number;
  private readonly pipeline: Pipeline;
  private readonly mode: "train" | "eval";
  private readonly random: Random;
  private readonly ctcSteps: readonly CtcSteps[] | undefined;
  /** First line, number of lines and ratio of each label file. */
  private readonly files: { start: number; count: number; ratio: number }[] = [];
  /** How many transforms prepare the samples that another one takes in. */
  private readonly preparing: number;
  /** The lines of the epoch asked for last, which replacements and further samples are drawn from. */
  private drawable: { epoch: number; lines: readonly number[] } | undefined;

  constructor(config: DataSetConfig, setup: DataSetup, source: SampleSource = new LabelFileSource(config)) {
    this.source = source;
    let start = 0;
    for (const { count, ratio } of source.parts) {
      this.files.push({ start, count, ratio });
      start += count;
    }
    this.size = start;
    this.pipeline = makePipeline(config.transforms, setup);
    this.preparing = readPreparing(config.ext_op_transform_idx ?? 2, this.pipeline.takesFurtherAt);
    this.mode = setup.mode;
    this.random = new Random(setup.seed);
    this.ctcSteps = setup.ctcSteps;
  }

  /** The text of a line, its images, and where it stands; `index` counts from 0 over all label files. */
  line(index: number): LabelLine {
    return this.source.line(index);
  }

  /** Closes what its source holds open. */
  close(): void {
    this.source.close();
  }

  /** The lines that an epoch uses, in the order of the files: all, or a part drawn for each epoch where a ratio says so. */
  linesOf(epoch: number): number[] {
    return this.files.flatMap(({ start, count, ratio }, file) => {
      const all = Array.from({ length: count }, (_, i) => start + i);
      if (ratio === 1) return all;
      const drawn = this.random.split("ratio", this.epochOf(epoch), file).shuffle(all);
      return drawn.slice(0, roundHalfToEven(count * ratio)).sort((a, b) => a - b);
    });
  }

  /**
   * Loads and transforms the sample of a line. A line that cannot be used is replaced in training by others drawn for
   * this line and epoch; if a hundred in a row cannot be used, that is an Error with their reasons. In evaluation it
   * gives no sample. Errors of transforms are thrown with file and line. `size` is that of the batch, where it has one.
   */
  async load(line: number, epoch: number, size?: PictureSize): Promise<Loaded> {
    const unusable: Unusable[] = [];
    const replacements = this.random.split("replace", this.epochOf(epoch), line);
    for (let current = line; ; current = this.drawLine(epoch, replacements)) {
      const random = this.random.split("sample", this.epochOf(epoch), line, unusable.length);
      const result = (await this.checkLabel(current)) ?? (await this.tryLine(current, { epoch, random, size }));
      if ("path" in result) return { line: current, sample: result, unusable };
      unusable.push(result);
      if (this.mode === "eval") return { line, unusable };
      if (unusable.length >= mostTries)
        throw new Error(`${mostTries} samples in a row cannot be used${counted(unusable)}`);
    }
  }

  /** Encodes the label of a line without reading its image; the reason if that fails. */
  async checkLabel(line: number): Promise<Unusable | undefined> {
    const { label, where, problem } = this.line(line);
    const rejection = problem ?? (await this.rejectionOf(label));
    return rejection && { line, where, reason: rejection.reason, detail: rejection.detail };
  }

  /** Decodes the image of a line, and does no more with it. */
  async decode(line: number): Promise<Sample | Unusable> {
    const random = this.random.split("decode", line);
    return this.transformed(line, random, (sample) => this.pipeline.runFirst(1, sample, { random }));
  }

  /** Evaluation draws the same in every epoch. */
  private epochOf(epoch: number): number {
    return this.mode === "eval" ? 0 : epoch;
  }

  private drawLine(epoch: number, random: Random): number {
    const drawn = this.epochOf(epoch);
    if (this.drawable?.epoch !== drawn) this.drawable = { epoch: drawn, lines: this.linesOf(drawn) };
    const { lines } = this.drawable;
    return lines[random.integer(lines.length)];
  }

  private async rejectionOf(label: string): Promise<Rejection | undefined> {
    const read = (): Promise<never> => Promise.reject(new Error("a label is checked without its image"));
    const result = await this.pipeline.checkLabel({ path: "", label, read, fields: {} }, { random: new Random(0) });
    return result instanceof Rejection ? result : ctcRejection(result.fields, this.ctcSteps);
  }

  private async tryLine(
    line: number,
    { epoch, random, size }: { epoch: number; random: Random; size?: PictureSize },
  ): Promise<Sample | Unusable> {
    const further: FurtherSamples = {
      sample: (index) => this.furtherSample(epoch, random.split("further", index)),
      accepts: async (label) => (await this.rejectionOf(label)) === undefined,
    };
    const context = { random, epoch: this.epochOf(epoch), further, size };
    return this.transformed(line, random, async (sample) => {
      const result = await this.pipeline.run(sample, context);
      return result instanceof Rejection ? result : (ctcRejection(result.fields, this.ctcSteps) ?? result);
    });
  }

  /** Draws lines until one can be used; what is wrong with the others is reported in their own turn. */
  private async furtherSample(epoch: number, random: Random): Promise<Sample | undefined> {
    for (let tries = 0; tries < mostTries; tries++) {
      const line = this.drawLine(epoch, random);
      if ((await this.checkLabel(line)) !== undefined) continue;
      const own = random.split("sample", tries);
      const prepare = (sample: Sample): Promise<Sample | Rejection> =>
        this.pipeline.runFirst(this.preparing, sample, { random: own, epoch: this.epochOf(epoch) });
      const result = await this.transformed(line, own, prepare);
      if ("path" in result) return result;
    }
    return undefined;
  }

  /** Runs transforms on the sample of a line. Their errors are thrown with file, line and image. */
  private async transformed(
    line: number,
    random: Random,
    run: (sample: Sample) => Promise<Sample | Rejection>,
  ): Promise<Sample | Unusable> {
    const { paths, label, where } = this.line(line);
    const name = paths.length === 1 ? paths[0] : paths[random.split("path").integer(paths.length)];
    const path = this.source.resolve(name);
    try {
      const result = await run({ path, label, read: () => this.source.read(path), fields: {} });
      if (!(result instanceof Rejection)) return result;
      return { line, where, reason: result.reason, detail: `${path}: ${result.detail}` };
    } catch (error) {
      throw new Error(`${where}, image ${path}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** Checks `ext_op_transform_idx` against the place of the transform that takes further samples in. */
function readPreparing(count: number, takesFurtherAt: number | undefined): number {
  if (takesFurtherAt === undefined) return 0;
  if (Number.isInteger(count) && count >= 1 && count <= takesFurtherAt) return count;
  throw new Error(
    `ext_op_transform_idx: further samples go through so many transforms, so it is from 1 to ${takesFurtherAt}, the ` +
      `place of the transform that takes them in; found ${count}`,
  );
}

function counted(unusable: Unusable[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of unusable) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const { where, detail } = unusable[0];
  return ` (${[...counts].map(([reason, n]) => `${n} x ${reason}`).join(", ")}); the first is ${where}: ${detail}`;
}
