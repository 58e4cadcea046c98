import { type BytePicture, channels } from "../picture.js";

/**
 * Moves a picture right and down by `shift` pixels, leaving its first row and column where they are; pixels between
 * them and the moved picture come along the diagonal from the nearest of the two. That is what the reference's jitter
 * of `shift + 1` steps comes to.
 */
export function shiftDiagonally(picture: BytePicture, shift: number): BytePicture {
  const { data: source, width, height } = picture;
  const data = new Uint8Array(source.length);
  const at = (x: number, y: number): number => (y * width + x) * channels;
  for (let y = 0; y < height; y++) {
    const most = Math.min(shift, y, width - 1);
    data.set(source.subarray(at(0, y - most), at(width - most, y - most)), at(most, y));
    for (let x = 0; x < most; x++) data.set(source.subarray(at(0, y - x), at(1, y - x)), at(x, y));
  }
  return { ...picture, data };
}
