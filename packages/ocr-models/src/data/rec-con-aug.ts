import type { LabelSetup } from "./label-transforms.js";
import { loadOpenCv, type OpenCv } from "./opencv.js";
import { checkOptions, count, numbers, type Options, probability } from "./options.js";
import { type BytePicture, channels } from "./picture.js";
import { resizePicture } from "./resize-picture.js";
import { roundHalfToEven } from "./round.js";
import { pixelsOf, type Sample, type Transform } from "./sample.js";

/**
 * `RecConAug`: with probability `prob` (0.5) puts up to `ext_data_num` (1) further samples to the right of this one,
 * pictures at the height of `image_shape` ([32, 320, 3]: height, width, channels) and texts one after the other. It
 * stops at the first sample with which the text would have more than `max_text_length` characters (Global's if
 * missing), or with which the picture would be wider, in proportion, than `image_shape`. Where the label encoders of
 * the list take less text than that, it stops for them too; the reference joins the samples and then throws the result
 * away.
 */
export function recConAug(options: Options, { maxTextLength }: LabelSetup): Transform {
  checkOptions("RecConAug", options, ["prob", "image_shape", "max_text_length", "ext_data_num"]);
  const chance = probability("RecConAug", options, "prob", 0.5);
  const [height, width] = imageShape(options);
  const longest = count("RecConAug", options, "max_text_length", maxTextLength);
  const most = count("RecConAug", options, "ext_data_num", 1);
  return async (sample, { random, further }) => {
    if (random.uniform() >= chance) return sample;
    if (further === undefined) throw new Error("RecConAug joins samples: only a data set can give it further ones");
    const { cv } = await loadOpenCv();
    let joined = sample;
    for (let i = 0; i < most; i++) {
      const other = await further.sample(i);
      if (other === undefined) break;
      const label = joined.label + other.label;
      if ([...label].length > longest || proportion(joined) + proportion(other) > width / height) break;
      if (!(await further.accepts(label))) break;
      const parts = [joined, other].map((part) => atHeight(cv, pixelsOf("RecConAug", part), height));
      joined = { ...joined, label, picture: sideBySide(parts[0], parts[1]) };
    }
    return joined;
  };
}

function imageShape(options: Options): number[] {
  const shape = numbers("RecConAug", options, "image_shape", [32, 320, channels]);
  if (shape.length !== 3 || shape[2] !== channels || shape.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new Error(`RecConAug.image_shape: expected [height, width, 3], found [${shape}]`);
  }
  return shape;
}

function proportion(sample: Sample): number {
  const { width, height } = pixelsOf("RecConAug", sample);
  return width / height;
}

function atHeight(cv: OpenCv, picture: BytePicture, height: number): BytePicture {
  const width = Math.max(1, roundHalfToEven((picture.width / picture.height) * height));
  return { data: resizePicture(cv, picture, width, height), width, height };
}

/** Two pictures of one height as one. */
function sideBySide(left: BytePicture, right: BytePicture): BytePicture {
  const width = left.width + right.width;
  const data = new Uint8Array(left.data.length + right.data.length);
  for (let y = 0; y < left.height; y++) {
    for (const [part, x] of [[left, 0] as const, [right, left.width] as const]) {
      const size = part.width * channels;
      data.set(part.data.subarray(y * size, (y + 1) * size), (y * width + x) * channels);
    }
  }
  return { data, width, height: left.height };
}
