import { lineInputs } from "./line-input.js";
import { loadOpenCv } from "./opencv.js";
import type { Options } from "./options.js";
import { resizePicture } from "./resize-picture.js";
import { pixelsOf, scalar, type Transform, withFields } from "./sample.js";

/**
 * `RecResizeImg`, as `resize_norm_img` of the reference: resizes to the height of `image_shape` [3, height, width] in
 * proportion, but no wider than `width`, scales to [-1, 1] and pads with zeros on the right. Gives `image` and
 * `valid_ratio`, the share of the width that the picture fills. `padding: false` stretches to the full width instead.
 * With `eval_mode: true`, or with `infer_mode: true` unless `character_dict_path` is null, the width grows with the
 * picture, so that nothing is squeezed.
 */
export const recResizeImg = (options: Options): Transform => resizing("RecResizeImg", options);

/** `SVTRRecResizeImg`: as `RecResizeImg` in training, with `image_shape` and `padding` alone. */
export const svtrRecResizeImg = (options: Options): Transform => resizing("SVTRRecResizeImg", options);

function resizing(name: string, options: Options): Transform {
  const inputs = lineInputs(name, options);
  return async (sample) => {
    const picture = pixelsOf(name, sample);
    const { cv } = await loadOpenCv();
    const { width, height } = inputs.filled(picture);
    const { image, validRatio } = inputs.input(resizePicture(cv, picture, width, height), picture);
    return withFields(sample, { image, valid_ratio: scalar(validRatio, "float32") });
  };
}
