import { makeSampler } from "@retort/ocr-models/data";
import { readsRegions } from "../config/checks/detection-data.js";
import { dataSections } from "../config/data-sections.js";
import type { LoadedConfig } from "../config/load.js";
import { examineImages } from "../inspect/images.js";
import { defaultImages } from "../inspect/inspect.js";
import { examineLines, unknownAmong } from "../inspect/lines.js";
import { openDataSet, type Section } from "../inspect/open.js";
import { examineRegions } from "../inspect/regions.js";
import { alone, type Ranks } from "../parallel/communicator.js";
import type { DataPlan } from "./report.js";

/** What a plan needs of a data set beside its report. */
export interface FoundData extends DataPlan {
  /** Lines that an epoch uses. */
  readonly linesPerEpoch: number;
  /** Over all processes. */
  readonly batchesPerEpoch: number;
}

/**
 * Reads the lines of a section, checks every label, that every image is there, and that images can be decoded (up to
 * 10,000 of them). Batches have `batch_size_per_card` samples of each of `ranks`. Runs in Node.
 * @throws Error naming all label files that are missing, the line or database that is malformed, or the reasons when
 * nothing can be used
 */
export async function findData(loaded: LoadedConfig, section: Section, ranks: Ranks = alone): Promise<FoundData> {
  const { config, dictionary } = loaded;
  const dataSet = await openDataSet(loaded, section);
  try {
    const lines = await examineLines(dataSet, dictionary);
    const images = await examineImages(dataSet, lines.usable, defaultImages);
    const unusable = { ...lines.unusable.byReason(), ...images.unusable.byReason() };
    if (images.unusable.count === images.examined) throw new Error(nothingUsable(section, dataSet.size, unusable));
    const data = section === "Train" ? config.train : config.evaluation;
    const { loader, sampler } = dataSections(data);
    const regions = readsRegions(data) ? await examineRegions(dataSet) : undefined;
    const linesPerEpoch = dataSet.linesOf(0).length;
    return {
      section,
      files: dataSet.source.parts.map(({ name, count }) => ({ file: name, lines: count })),
      unknownCharacters: regions === undefined ? unknownAmong(lines.characters, dictionary) : [],
      regions: regions && { count: regions.count, ignored: regions.ignored },
      unusable,
      images: images.examined,
      linesPerEpoch,
      batchesPerEpoch: makeSampler(loader, sampler, undefined, ranks).batchesPerEpoch(linesPerEpoch),
    };
  } finally {
    dataSet.close();
  }
}

function nothingUsable(section: Section, lines: number, unusable: DataPlan["unusable"]): string {
  const reasons = Object.entries(unusable).map(
    ([reason, { count, first }]) => `${count} x ${reason}, such as ${first}`,
  );
  return [`${section}: no line can be used of ${lines}:`, ...reasons].join("\n");
}
