import { LmdbSource } from "./lmdb-source.js";
import { type DataSetConfig, type DataSetup, SimpleDataSet } from "./simple-data-set.js";

/**
 * Images and texts of LMDB databases, after PaddleOCR's `LMDBDataSet`; see `LmdbSource` for what they hold. Samples are
 * transformed as by `SimpleDataSet`, but further ones go through one transform unless `ext_op_transform_idx` says
 * otherwise.
 */
export class LmdbDataSet extends SimpleDataSet {
  /** @throws Error for a folder or file that is missing or damaged, a wrong transform, a `ratio_list` other than 1 */
  constructor(config: DataSetConfig, setup: DataSetup) {
    const ratios = [config.ratio_list ?? 1].flat();
    if (ratios.some((ratio) => ratio !== 1)) {
      throw new Error(`ratio_list: LMDBDataSet uses all of its samples, so a share is 1; found ${ratios.join(", ")}`);
    }
    if (config.data_dir === undefined) throw new Error("data_dir: missing; it is the folder of the databases");
    const preparing = config.ext_op_transform_idx ?? 1;
    super({ ...config, ext_op_transform_idx: preparing }, setup, new LmdbSource(config.data_dir));
  }
}
