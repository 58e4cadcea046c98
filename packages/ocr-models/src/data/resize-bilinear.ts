import { type BytePicture, channels } from "./picture.js";

/** Weights are multiples of this part of 1. */
const unit = 2 ** 11;

/** For each place of a result, the two source places that it lies between, and how much the second one counts. */
interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Of `unit`, and the rest for the first. */
  readonly share: Int32Array;
}

/** Rounds halves to the even number. */
function roundEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below + (below % 2);
}

function taps(source: number, target: number): Taps {
  const scale = 1 / (target / source);
  const [first, second, share] = [new Int32Array(target), new Int32Array(target), new Int32Array(target)];
  for (let i = 0; i < target; i++) {
    const place = Math.fround((i + 0.5) * scale - 0.5);
    const below = Math.floor(place);
    first[i] = Math.min(source - 1, Math.max(0, below));
    second[i] = Math.min(source - 1, Math.max(0, below + 1));
    share[i] = roundEven(Math.fround(place - below) * unit);
  }
  return { first, second, share };
}

/**
 * Resizes 8-bit pixels bilinearly, with the integers that OpenCV's `resize` with INTER_LINEAR computes with, so that both
 * give the same pixels. Runs everywhere. Source of the arithmetic: OpenCV 4, imgproc/src/resize.cpp, which also takes the
 * mean of four pixels where both sides are halved.
 */
export function resizeBilinear(picture: BytePicture, width: number, height: number): Uint8Array {
  if (picture.width === width && picture.height === height) return picture.data.slice();
  if (picture.width === 2 * width && picture.height === 2 * height) return halved(picture);
  const [columns, rows] = [taps(picture.width, width), taps(picture.height, height)];
  const result = new Uint8Array(width * height * channels);
  const lines = new Map<number, Int32Array>();
  const line = (y: number): Int32Array => {
    const known = lines.get(y) ?? resizedRow(picture, y, columns);
    if (lines.size > 2) lines.clear();
    lines.set(y, known);
    return known;
  };
  for (let y = 0; y < height; y++) {
    const [upper, lower] = [line(rows.first[y]), line(rows.second[y])];
    const below = rows.share[y];
    const above = unit - below;
    for (let i = 0, to = y * width * channels; i < upper.length; i++, to++) {
      result[to] = (((above * (upper[i] >> 4)) >> 16) + ((below * (lower[i] >> 4)) >> 16) + 2) >> 2;
    }
  }
  return result;
}

/** One row of the source at the width of the result, times `unit`. */
function resizedRow({ data, width }: BytePicture, y: number, { first, second, share }: Taps): Int32Array {
  const row = new Int32Array(first.length * channels);
  for (let x = 0, to = 0; x < first.length; x++) {
    const [left, right] = [(y * width + first[x]) * channels, (y * width + second[x]) * channels];
    for (let c = 0; c < channels; c++, to++) row[to] = data[left + c] * (unit - share[x]) + data[right + c] * share[x];
  }
  return row;
}

function halved({ data, width, height }: BytePicture): Uint8Array {
  const result = new Uint8Array((data.length / 4) | 0);
  for (let y = 0, to = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const at = (y * width + x) * channels;
      const under = at + width * channels;
      for (let c = 0; c < channels; c++, to++) {
        const sum = data[at + c] + data[at + channels + c] + data[under + c] + data[under + channels + c];
        result[to] = (sum + 2) >> 2;
      }
    }
  }
  return result;
}
