import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { type LabelLine, parseLabelFile } from "./label-file.js";
import type { DataSetConfig } from "./simple-data-set.js";
import type { SampleSource, SourcePart } from "./source.js";

/** Lines of label files, and image files below `data_dir`. */
export class LabelFileSource implements SampleSource {
  readonly parts: readonly SourcePart[];
  private readonly lines: readonly LabelLine[];
  private readonly dataDir: string;

  /**
   * Reads the label files; with `sizes` each line has to name its image's width and height too.
   * @throws Error for a missing file, a malformed line, a wrong ratio, or when there are no lines
   */
  constructor(
    { label_file_list, ratio_list = 1, delimiter, data_dir = "" }: DataSetConfig,
    options: { sizes?: boolean } = {},
  ) {
    if (label_file_list === undefined) throw new Error("label_file_list: missing");
    const names = typeof label_file_list === "string" ? [label_file_list] : label_file_list;
    const ratios = readRatios(ratio_list, names.length);
    const lines: LabelLine[] = [];
    this.parts = names.map((name, i) => {
      const found = parseLabelFile(readLabelFile(name), name, delimiter, options);
      for (const line of found) lines.push(line);
      return { name, count: found.length, ratio: ratios[i] };
    });
    if (lines.length === 0) throw new Error(`label_file_list: no lines in ${names.join(", ")}`);
    this.lines = lines;
    this.dataDir = data_dir;
  }

  line(index: number): LabelLine {
    return this.lines[index];
  }

  resolve(path: string): string {
    return isAbsolute(path) ? path : join(this.dataDir, path);
  }

  exists(path: string): boolean {
    return existsSync(path);
  }

  read(path: string): Promise<Uint8Array> {
    return readFile(path);
  }

  /** Nothing stays open. */
  close(): void {}
}

function readLabelFile(name: string): Uint8Array {
  try {
    return readFileSync(name);
  } catch (error) {
    throw new Error(`label_file_list: cannot read ${name} (${(error as Error).message})`);
  }
}

function readRatios(ratio: number | readonly number[], files: number): number[] {
  const ratios = typeof ratio === "number" ? Array<number>(files).fill(ratio) : [...ratio];
  if (ratios.length !== files) {
    throw new Error(`ratio_list: ${ratios.length} ratios for ${files} label files`);
  }
  for (const r of ratios) if (!(r >= 0 && r <= 1)) throw new Error(`ratio_list: a ratio is from 0 to 1, found ${r}`);
  return ratios;
}
