import { LmdbDataSet } from "./lmdb-data-set.js";
import { MultiScaleDataSet } from "./multi-scale-data-set.js";
import { nearestName } from "./options.js";
import { type DataSetConfig, type DataSetup, SimpleDataSet } from "./simple-data-set.js";

/** Every data set that a config can name. */
const dataSets: Readonly<Record<string, new (config: DataSetConfig, setup: DataSetup) => SimpleDataSet>> = {
  SimpleDataSet,
  LMDBDataSet: LmdbDataSet,
  MultiScaleDataSet,
};

/** Makes the data set that a section names. Throws an Error for an unknown name, and what its constructor throws. */
export function makeDataSet(config: DataSetConfig, setup: DataSetup): SimpleDataSet {
  if (!Object.hasOwn(dataSets, config.name)) {
    const nearest = nearestName(String(config.name), Object.keys(dataSets));
    throw new Error(`dataset.name: there is no data set "${config.name}"; the nearest name is "${nearest}"`);
  }
  return new dataSets[config.name](config, setup);
}
