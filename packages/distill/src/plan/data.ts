import type { Dictionary } from "@retort/ocr-models";
import { type LabelLine, Rejection, readRegions, SimpleDataSet } from "@retort/ocr-models/data";
import { dataSections } from "../config/data-sections.js";
import type { LoadedConfig } from "../config/load.js";
import type { DataPlan } from "./report.js";

/** What a plan needs of a data set beside its report. */
export interface FoundData extends DataPlan {
  /** Lines that an epoch uses. */
  readonly linesPerEpoch: number;
}

/**
 * Reads the label files of a section, and checks every label and that every image is there. Runs in Node.
 * @throws Error naming all label files that are missing, or the line that is malformed
 */
export async function findData(loaded: LoadedConfig, section: "Train" | "Eval"): Promise<FoundData> {
  const { config, dictionary } = loaded;
  const data = section === "Train" ? config.train : config.evaluation;
  const { existsSync } = await import("node:fs");
  const { isAbsolute, join } = await import("node:path");
  const missing = data.dataset.labelFiles.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`${section}.dataset.label_file_list: there is no ${missing.join(", ")}`);
  const dataSet = new SimpleDataSet(dataSections(data).dataset, {
    mode: section === "Train" ? "train" : "eval",
    seed: config.global.seed,
    dictionary,
    maxTextLength: config.global.maxTextLength,
  });
  const exists = (path: string): boolean => existsSync(isAbsolute(path) ? path : join(data.dataset.dataDir, path));
  return {
    section,
    files: data.dataset.labelFiles.map((file) => ({ file, lines: countLines(dataSet.lines, file) })),
    ...labelsOf(
      dataSet.lines,
      data.dataset.transforms.some(({ name }) => name === "DetLabelEncode"),
      dictionary,
    ),
    unusable: await unusable(dataSet, exists),
    linesPerEpoch: dataSet.linesOf(0).length,
  };
}

function countLines(lines: readonly LabelLine[], file: string): number {
  return lines.filter(({ where }) => where.startsWith(`${file}, line `)).length;
}

/** What the labels hold: regions of text, or texts with characters that the dictionary may lack. */
function labelsOf(
  lines: readonly LabelLine[],
  regions: boolean,
  dictionary: Dictionary,
): Pick<DataPlan, "unknownCharacters" | "regions"> {
  if (!regions) return { unknownCharacters: unknown(lines, dictionary) };
  const all = lines.flatMap(({ label }) => {
    const found = readRegions(label);
    return found instanceof Rejection ? [] : found;
  });
  return {
    unknownCharacters: [],
    regions: { count: all.length, ignored: all.filter(({ ignore }) => ignore).length },
  };
}

function unknown(lines: readonly LabelLine[], { characters, lowerCase }: Dictionary): DataPlan["unknownCharacters"] {
  const known = new Set(characters);
  const counts = new Map<string, number>();
  for (const { label } of lines) {
    for (const character of lowerCase ? label.toLowerCase() : label) {
      if (!known.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  }
  return [...counts].map(([character, count]) => ({ character, count })).sort((a, b) => b.count - a.count);
}

async function unusable(dataSet: SimpleDataSet, exists: (path: string) => boolean): Promise<DataPlan["unusable"]> {
  const found = new Map<string, { count: number; first: string }>();
  for (const [line, { paths, where }] of dataSet.lines.entries()) {
    const absent = paths.find((path) => !exists(path));
    const problem =
      absent === undefined
        ? await dataSet.checkLabel(line)
        : { reason: "image missing", where, detail: `there is no ${absent}` };
    if (problem === undefined) continue;
    const known = found.get(problem.reason);
    if (known === undefined) found.set(problem.reason, { count: 1, first: `${problem.where}: ${problem.detail}` });
    else known.count++;
  }
  return Object.fromEntries([...found].sort(([, a], [, b]) => b.count - a.count));
}
