import { decodePicture, swapRedAndBlue } from "./decode-picture.js";
import { checkOptions, type Options, oneOf } from "./options.js";
import { Rejection, type Sample, type Transform } from "./sample.js";

/**
 * `DecodeImage`: decodes the image file to 8-bit pixels (see `decodePicture`), in the order blue, green, red, or with
 * `img_mode: RGB` the other way round. A file that cannot be decoded is rejected as "unreadable image".
 */
export function decodeImage(options: Options): Transform {
  checkOptions("DecodeImage", options, ["img_mode", "channel_first", "ignore_orientation"]);
  const mode = oneOf("DecodeImage", options, "img_mode", ["BGR", "RGB"]);
  oneOf("DecodeImage", options, "channel_first", [false]);
  oneOf("DecodeImage", options, "ignore_orientation", [false]);
  return async (sample: Sample) => {
    try {
      const picture = await decodePicture(sample.bytes);
      if (mode === "RGB") swapRedAndBlue(picture.data as Uint8Array);
      return { ...sample, picture };
    } catch (error) {
      return new Rejection("unreadable image", (error as Error).message);
    }
  };
}
