import { checkOptions, numbers, type Options, oneOf } from "./options.js";
import { type BytePicture, channels, type Field, type PictureSize } from "./picture.js";
import { resizeBilinear } from "./resize-bilinear.js";

/** (x / 255 - 0.5) / 0.5 for every 8-bit x, rounded after each step as in float32. */
const normalised: Float32Array = Float32Array.from({ length: 256 }, (_, x) => {
  return Math.fround(Math.fround(Math.fround(x / 255) - 0.5) / 0.5);
});

/** What a network reads of a picture of a line. */
export interface LineInput {
  /** [3, height, width]. */
  readonly image: Field;
  /** The share of the width that the picture fills; the rest is padding. */
  readonly validRatio: number;
}

/** Makes inputs of pictures; pixels are resized by whoever calls. */
interface LineInputs {
  /** The size that the pixels of a picture have to be resized to. */
  filled(picture: PictureSize): PictureSize;
  /** The input of a picture that was resized. */
  input(pixels: Uint8Array, picture: PictureSize): LineInput;
}

/** Reads the options of `RecResizeImg` or `SVTRRecResizeImg`. @throws Error naming the option that is wrong */
export function lineInputs(name: string, options: Options): LineInputs {
  const more = name === "RecResizeImg" ? ["infer_mode", "eval_mode", "character_dict_path"] : [];
  checkOptions(name, options, ["image_shape", "padding", ...more]);
  const evaluating = oneOf(name, options, "eval_mode", [false, true]);
  const inferring = oneOf(name, options, "infer_mode", [false, true]);
  const grow = evaluating || (inferring && options.character_dict_path !== null);
  const shape = numbers(name, options, "image_shape");
  if (shape.length !== 3 || shape[0] !== channels || shape.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new Error(`${name}.image_shape: expected [3, height, width], found [${shape}]`);
  }
  const stretch = !oneOf(name, options, "padding", [true, false]) && !grow;
  const [, height, width] = shape;
  const sizeOf = (picture: PictureSize): { width: number; filled: number } =>
    stretch ? { width, filled: width } : widthsOf(picture, height, width, grow);
  return {
    filled: (picture) => ({ height, width: sizeOf(picture).filled }),
    input(pixels, picture) {
      const { width: total, filled } = sizeOf(picture);
      return { image: channelsFirst(pixels, height, filled, total), validRatio: Math.min(1, filled / total) };
    },
  };
}

/**
 * The input of a network for a picture of a line, as `RecResizeImg` (or `SVTRRecResizeImg`) with these options makes it,
 * of the same bits. It needs neither Node nor OpenCV.
 * @throws Error naming the option that is wrong
 */
export function lineInput(picture: BytePicture, options: Options, name: string = "RecResizeImg"): LineInput {
  const inputs = lineInputs(name, options);
  const { width, height } = inputs.filled(picture);
  return inputs.input(resizeBilinear(picture, width, height), picture);
}

/** The width of the array, and the width of the resized picture in it. */
function widthsOf(
  picture: PictureSize,
  height: number,
  width: number,
  grow: boolean,
): { width: number; filled: number } {
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
