import { decodePicture, swapRedAndBlue } from "./decode-picture.js";
import { checkOptions, type Options, oneOf } from "./options.js";
import type { BytePicture, Picture } from "./picture.js";
import { pixelsOf, Rejection, type Sample, type Transform } from "./sample.js";

/**
 * `DecodeImage`: reads and decodes the image file to 8-bit pixels (see `decodePicture`), in the order blue, green, red,
 * or with `img_mode: RGB` the other way round. A sample that has its picture already needs no file. Rejects what it cannot read or decode. Decoded pictures are kept, up to
 * `cacheBytes` in all, for the next epochs.
 */
export function decodeImage(options: Options, { cacheBytes = 0 }: { cacheBytes?: number }): Transform {
  checkOptions("DecodeImage", options, ["img_mode", "channel_first", "ignore_orientation"]);
  const mode = oneOf("DecodeImage", options, "img_mode", ["BGR", "RGB"]);
  oneOf("DecodeImage", options, "channel_first", [false]);
  oneOf("DecodeImage", options, "ignore_orientation", [false]);
  const kept = new Map<string, Picture>();
  let keptBytes = 0;
  const inOrder = (picture: BytePicture): Picture => {
    if (mode === "RGB") swapRedAndBlue(picture.data);
    return picture;
  };
  return async (sample: Sample) => {
    if (sample.picture !== undefined) {
      const { data, ...size } = pixelsOf("DecodeImage", sample);
      return { ...sample, picture: inOrder({ ...size, data: data.slice() }) };
    }
    const known = kept.get(sample.path);
    if (known !== undefined) return { ...sample, picture: known };
    const read = await readPicture(sample);
    if (read instanceof Rejection) return read;
    const picture = inOrder(read);
    if (keptBytes + picture.data.byteLength <= cacheBytes && !kept.has(sample.path)) {
      keptBytes += picture.data.byteLength;
      kept.set(sample.path, picture);
    }
    return { ...sample, picture };
  };
}

async function readPicture(sample: Sample): Promise<BytePicture | Rejection> {
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
