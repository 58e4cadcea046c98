import { loadOpenCv } from "./opencv.js";
import { checkOptions, numbers, type Options, oneOf } from "./options.js";
import { channels, type Field, type Picture } from "./picture.js";
import { resizePicture } from "./resize-picture.js";
import { pixelsOf, scalar, type Transform, withFields } from "./sample.js";

/** (x / 255 - 0.5) / 0.5 for every 8-bit x, rounded after each step as in float32. */
const normalised: Float32Array = Float32Array.from({ length: 256 }, (_, x) => {
  return Math.fround(Math.fround(Math.fround(x / 255) - 0.5) / 0.5);
});

/**
 * `RecResizeImg`, as `resize_norm_img` of the reference: resizes to the height of `image_shape` [3, height, width] in
 * proportion, but no wider than `width`, scales to [-1, 1] and pads with zeros on the right. Gives `image` and
 * `valid_ratio`, the share of the width that the picture fills. `padding: false` stretches to the full width instead.
 * With `eval_mode: true`, or with `infer_mode: true` unless `character_dict_path` is null, the width grows with the
 * picture, so that nothing is squeezed.
 */
export function recResizeImg(options: Options): Transform {
  checkOptions("RecResizeImg", options, ["image_shape", "padding", "infer_mode", "eval_mode", "character_dict_path"]);
  const evaluating = oneOf("RecResizeImg", options, "eval_mode", [false, true]);
  const inferring = oneOf("RecResizeImg", options, "infer_mode", [false, true]);
  const grow = evaluating || (inferring && options.character_dict_path !== null);
  return resizing("RecResizeImg", options, grow);
}

/** `SVTRRecResizeImg`: as `RecResizeImg` in training, with `image_shape` and `padding` alone. */
export function svtrRecResizeImg(options: Options): Transform {
  checkOptions("SVTRRecResizeImg", options, ["image_shape", "padding"]);
  return resizing("SVTRRecResizeImg", options, false);
}

function resizing(name: string, options: Options, grow: boolean): Transform {
  const shape = numbers(name, options, "image_shape");
  if (shape.length !== 3 || shape[0] !== channels || shape.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new Error(`${name}.image_shape: expected [3, height, width], found [${shape}]`);
  }
  const stretch = !oneOf(name, options, "padding", [true, false]) && !grow;
  const [, height, width] = shape;
  return async (sample) => {
    const picture = pixelsOf(name, sample);
    const { cv } = await loadOpenCv();
    const size = stretch ? { width, filled: width } : sizeOf(picture, height, width, grow);
    const pixels = resizePicture(cv, picture, size.filled, height);
    return withFields(sample, {
      image: channelsFirst(pixels, height, size.filled, size.width),
      valid_ratio: scalar(Math.min(1, size.filled / size.width), "float32"),
    });
  };
}

/** The width of the array, and the width of the resized picture in it. */
function sizeOf(picture: Picture, height: number, width: number, grow: boolean): { width: number; filled: number } {
  const ratio = picture.width / picture.height;
  const total = grow ? Math.trunc(height * Math.max(width / height, ratio)) : width;
  return { width: total, filled: Math.min(total, Math.ceil(height * ratio)) };
}

/** Pixels [height, filled, 3] as normalised [3, height, width], zero beyond `filled`. */
function channelsFirst(pixels: Uint8Array, height: number, filled: number, width: number): Field {
  const data = new Float32Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const to = (channel * height + y) * width;
      let from = y * filled * channels + channel;
      for (let x = 0; x < filled; x++, from += channels) data[to + x] = normalised[pixels[from]];
    }
  }
  return { data, shape: [channels, height, width] };
}
