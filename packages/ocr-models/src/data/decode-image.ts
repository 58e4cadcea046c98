import { decodePicture, swapRedAndBlue } from "./decode-picture.js";
import { checkOptions, type Options, oneOf } from "./options.js";
import type { Picture } from "./picture.js";
import { Rejection, type Sample, type Transform } from "./sample.js";

/**
 * `DecodeImage`: reads and decodes the image file to 8-bit pixels (see `decodePicture`), in the order blue, green, red,
 * or with `img_mode: RGB` the other way round. Rejects what it cannot read or decode. Decoded pictures are kept, up to
 * `cacheBytes` in all, for the next epochs.
 */
export function decodeImage(options: Options, { cacheBytes = 0 }: { cacheBytes?: number }): Transform {
  checkOptions("DecodeImage", options, ["img_mode", "channel_first", "ignore_orientation"]);
  const mode = oneOf("DecodeImage", options, "img_mode", ["BGR", "RGB"]);
  oneOf("DecodeImage", options, "channel_first", [false]);
  oneOf("DecodeImage", options, "ignore_orientation", [false]);
  const kept = new Map<string, Picture>();
  let keptBytes = 0;
  return async (sample: Sample) => {
    const known = kept.get(sample.path);
    if (known !== undefined) return { ...sample, picture: known };
    const picture = await readPicture(sample);
    if (picture instanceof Rejection) return picture;
    if (mode === "RGB") swapRedAndBlue(picture.data as Uint8Array);
    if (keptBytes + picture.data.byteLength <= cacheBytes && !kept.has(sample.path)) {
      keptBytes += picture.data.byteLength;
      kept.set(sample.path, picture);
    }
    return { ...sample, picture };
  };
}

async function readPicture(sample: Sample): Promise<Picture | Rejection> {
  let bytes: Uint8Array;
  try {
    bytes = await sample.read();
  } catch (error) {
    return new Rejection("unreadable file", (error as Error).message);
  }
  try {
    return await decodePicture(bytes);
  } catch (error) {
    return new Rejection("unreadable image", (error as Error).message);
  }
}
