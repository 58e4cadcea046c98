import { LabelFileSource } from "./label-file-source.js";
import { type DataSetConfig, type DataSetup, SimpleDataSet } from "./simple-data-set.js";

/**
 * After PaddleOCR's `MultiScaleDataSet`: as `SimpleDataSet`, but images are resized, just before KeepKeys, to the size
 * that the sampler gives their batch. With `ds_width` each line of the label files names its image's width and height
 * after the text, for the sampler to choose widths by.
 */
export class MultiScaleDataSet extends SimpleDataSet {
  constructor(config: DataSetConfig, setup: DataSetup) {
    const transforms = [...config.transforms.slice(0, -1), { MultiScaleResize: null }, ...config.transforms.slice(-1)];
    super({ ...config, transforms }, setup, new LabelFileSource(config, { sizes: config.ds_width }));
  }
}
