import { makeDataSet, type SimpleDataSet } from "@retort/ocr-models/data";
import { dataSections } from "../config/data-sections.js";
import type { LoadedConfig } from "../config/load.js";
import { dataSetup } from "../training/data-setup.js";

/** A section of a config that names data. */
export type Section = "Train" | "Eval";

/**
 * Makes the data set of a section; whoever does closes it. Runs in Node.
 * @throws Error naming the section, and all label files that are missing, or the file or line that is malformed
 */
export async function openDataSet(loaded: LoadedConfig, section: Section): Promise<SimpleDataSet> {
  const data = section === "Train" ? loaded.config.train : loaded.config.evaluation;
  const { existsSync } = await import("node:fs");
  const missing = data.dataset.labelFiles.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`${section}.dataset.label_file_list: there is no ${missing.join(", ")}`);
  try {
    return makeDataSet(dataSections(data).dataset, dataSetup(loaded, section === "Train" ? "train" : "eval"));
  } catch (error) {
    throw new Error(`${section}.dataset: ${(error as Error).message}`, { cause: error });
  }
}
