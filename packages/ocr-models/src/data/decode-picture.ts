import sharp from "sharp";
import { decodeBmp, isBmp } from "./decode-bmp.js";
import { type BytePicture, channels } from "./picture.js";

/** Larger pictures are refused before they are decoded: 400 MB of pixels are no text line, but a damaged header. */
const mostPixels = 2 ** 27;

/**
 * Decodes an image file as `cv2.imread` does: the EXIF orientation is applied, colour profiles are ignored, an alpha
 * channel is dropped without blending, grey becomes three equal channels, 16 bits become the upper 8. Reads JPEG,
 * PNG, WebP, GIF, TIFF and BMP. Throws an Error for bytes that are no image, or a damaged or huge one.
 */
export async function decodePicture(bytes: Uint8Array): Promise<BytePicture> {
  if (isBmp(bytes)) return decodeBmp(bytes, mostPixels);
  const { data, info } = await sharp(bytes, { ignoreIcc: true, failOn: "error", limitInputPixels: mostPixels })
    .autoOrient()
    .removeAlpha()
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`decoded to ${info.channels} channels instead of ${channels}`);
  swapRedAndBlue(data);
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), height: info.height, width: info.width };
}

/** Swaps the first and the third channel of every pixel, in place: RGB to BGR and back. */
export function swapRedAndBlue(pixels: Uint8Array): void {
  for (let i = 0; i < pixels.length; i += channels) {
    const first = pixels[i];
    pixels[i] = pixels[i + 2];
    pixels[i + 2] = first;
  }
}
