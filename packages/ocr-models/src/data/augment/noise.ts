import type { Random } from "@retort/tensor/random";
import type { BytePicture } from "../picture.js";

/**
 * Adds Gaussian noise as the reference does: half of a normal number of variance 0.1, the sum cut to an integer. A
 * value is lowered by 1 where the noise is negative, which is every second time, and stays where it is not; noise of 1
 * and more (3 values in 10^10) is left out. So one random bit a value is enough.
 */
export function addNoise(picture: BytePicture, random: Random): BytePicture {
  const source = picture.data;
  const data = new Uint8Array(source.length);
  for (let start = 0; start < source.length; start += 32) {
    const bits = random.uint32();
    const end = Math.min(start + 32, source.length);
    for (let i = start; i < end; i++) data[i] = source[i] === 0 ? 0 : source[i] - ((bits >>> (i - start)) & 1);
  }
  return { ...picture, data };
}
