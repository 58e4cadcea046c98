import { readsRegions } from "../config/checks/detection-data.js";
import { type BatchSize, batchSizes } from "../config/checks/picture-sizes.js";
import { type LoadedConfig, loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { dataHeadline, dataSectionsOf, dataWarnings } from "./describe.js";
import { type ExaminedImages, examineImages } from "./images.js";
import { byFrequency, type ExaminedLines, examineLines, unknownAmong } from "./lines.js";
import { openDataSet, type Section } from "./open.js";
import { type ExaminedRegions, examineRegions } from "./regions.js";
import type { DataReport } from "./report.js";
import { type Counts, spreadOf } from "./spread.js";
import { type SampleView, viewSamples } from "./views.js";

/** What is looked at. */
export interface InspectOptions {
  /** Default: Train. */
  readonly section?: Section;
  /** How many images are decoded at most, evenly spread over the lines. Default: 10,000. */
  readonly images?: number;
  /** How many samples are shown as the network sees them. Default: 48, of detection 12. */
  readonly samples?: number;
}

/** How many images are decoded unless a caller wants more. */
export const defaultImages = 10_000;

/**
 * Looks at the data of a config: what its lines and images are like, what cannot be used, and what a network sees after
 * the transforms. Runs in Node.
 * @throws ConfigError with all problems of the config
 * @throws Error naming a dictionary, label file or database that is missing or malformed
 */
export async function inspectData(
  path: string,
  overrides: Overrides = [],
  { section = "Train", images = defaultImages, samples }: InspectOptions = {},
): Promise<DataReport> {
  const loaded = await loadConfig(path, overrides);
  const hasRegions = readsRegions(section === "Train" ? loaded.config.train : loaded.config.evaluation);
  const dataSet = await openDataSet(loaded, section);
  try {
    const lines = await examineLines(dataSet, loaded.dictionary);
    const pictures = await examineImages(dataSet, lines.usable, images);
    const warnings = [...loaded.warnings];
    const found = {
      section,
      files: dataSet.source.parts.map(({ name, count }) => ({ file: name, lines: count })),
      lines: dataSet.size,
      linesPerEpoch: dataSet.linesOf(0).length,
      unusable: { ...lines.unusable.byReason(), ...pictures.unusable.byReason() },
      ...(hasRegions ? { regions: regionsOf(await examineRegions(dataSet)) } : textsOf(lines, loaded)),
      images: imagesOf(pictures, loaded, section),
      samples: await shownSamples(loaded, section, samples ?? (hasRegions ? 12 : 48), warnings),
    };
    return {
      headline: dataHeadline(found),
      warnings: [...warnings, ...dataWarnings(found)],
      sections: dataSectionsOf(found),
      ...found,
    };
  } finally {
    dataSet.close();
  }
}

/** The samples to show. Data of which training could use too little is no error here, but a warning. */
async function shownSamples(
  loaded: LoadedConfig,
  section: Section,
  count: number,
  warnings: string[],
): Promise<SampleView[]> {
  try {
    return await viewSamples(loaded, section, count);
  } catch (error) {
    warnings.push(`no samples can be shown: ${(error as Error).message}`);
    return [];
  }
}

function textsOf(
  { lengths, characters }: ExaminedLines,
  { dictionary }: LoadedConfig,
): Pick<DataReport, "labelLengths" | "characters"> {
  const known = new Set(dictionary.characters);
  return {
    labelLengths: spreadOf(lengths),
    characters: {
      counts: byFrequency(characters),
      unknown: unknownAmong(characters, dictionary),
      dictionary: known.size,
      unused: [...known].filter((character) => !characters.has(character)).length,
    },
  };
}

function regionsOf({ count, ignored, perLine, longer, shorter, corners }: ExaminedRegions): DataReport["regions"] {
  return {
    count,
    ignored,
    perImage: spreadOf(perLine),
    longer: spreadOf(longer),
    shorter: spreadOf(shorter),
    corners: spreadOf(corners),
  };
}

function imagesOf(
  { examined, widths, heights, proportions }: ExaminedImages,
  { config }: LoadedConfig,
  section: Section,
): DataReport["images"] {
  const data = section === "Train" ? config.train : config.evaluation;
  const sizes = batchSizes(data);
  return {
    examined,
    widths: spreadOf(widths),
    heights: spreadOf(heights),
    proportions: spreadOf(proportions),
    ...(readsRegions(data) ? {} : { squeezed: widerThan(sizes, proportions) }),
    inputs: sizes.map(({ height, width }) => [height, width] as const),
  };
}

function widerThan(sizes: readonly BatchSize[], proportions: Counts): number {
  const widest = Math.max(...sizes.map(({ width, height }) => width / height));
  return [...proportions].reduce((sum, [proportion, count]) => sum + (proportion > widest ? count : 0), 0);
}
