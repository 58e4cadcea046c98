import { checkOptions, type Options } from "./options.js";
import { channels } from "./picture.js";
import { svtrRecResizeImg } from "./rec-resize-img.js";
import type { Transform } from "./sample.js";

/**
 * The resizing that `MultiScaleDataSet` puts before KeepKeys: as `SVTRRecResizeImg`, to the size that the sampler gave
 * the batch.
 */
export function multiScaleResize(options: Options): Transform {
  checkOptions("MultiScaleResize", options, []);
  return (sample, context) => {
    if (context.size === undefined) throw new Error("MultiScaleDataSet needs a sampler that gives each batch a size");
    const { height, width } = context.size;
    return svtrRecResizeImg({ image_shape: [channels, height, width] })(sample, context);
  };
}
