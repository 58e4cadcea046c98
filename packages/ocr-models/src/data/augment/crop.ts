import { type BytePicture, channels } from "../picture.js";

/** Takes `rows` rows away, above (`top`) or below; at least one row stays. The result shares the picture's memory. */
export function cropRows({ data, width, height }: BytePicture, rows: number, top: boolean): BytePicture {
  const cut = Math.min(rows, height - 1);
  const first = top ? cut : 0;
  const left = height - cut;
  const size = width * channels;
  return { data: data.subarray(first * size, (first + left) * size), width, height: left };
}
