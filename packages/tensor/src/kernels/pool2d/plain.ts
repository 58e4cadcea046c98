import { contiguousElements } from "../../cpu/buffer.js";
import type { Shape } from "../../shape.js";
import type { AvgPool2dCall, AvgPool2dGradCall, MaxPool2dCall, MaxPool2dGradCall, Pool2dWindow } from "./call.js";

/** The part of a window that lies inside of a plane, and how many elements it has with padding. */
interface Cut {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly padded: number;
}

function cut(y: number, x: number, [, , height, width]: Shape, { kernel, stride, padding }: Pool2dWindow): Cut {
  const [top, left] = [y * stride[0] - padding[0], x * stride[1] - padding[1]];
  const bottom = Math.min(top + kernel[0], height + padding[0]);
  const right = Math.min(left + kernel[1], width + padding[1]);
  return {
    top: Math.max(top, 0),
    left: Math.max(left, 0),
    bottom: Math.min(bottom, height),
    right: Math.min(right, width),
    padded: (bottom - top) * (right - left),
  };
}

/** Visits every output position with the start of its input plane and its window. */
function forEachWindow(
  input: Shape,
  output: Shape,
  window: Pool2dWindow,
  visit: (at: number, plane: number, part: Cut) => void,
): void {
  const [images, channels, outHeight, outWidth] = output;
  let at = 0;
  for (let plane = 0; plane < images * channels; plane++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) visit(at++, plane * input[2] * input[3], cut(y, x, input, window));
    }
  }
}

/** Largest element of every window; the first wins ties, NaN counts as largest. */
export function plainMaxPool2d({ input, output, indices, window }: MaxPool2dCall): void {
  const [x, y, positions] = [contiguousElements(input), contiguousElements(output), contiguousElements(indices)];
  const width = input.shape[3];
  forEachWindow(input.shape, output.shape, window, (at, plane, { top, bottom, left, right }) => {
    let position = top * width + left;
    let best = x[plane + position];
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const value = x[plane + row * width + column];
        if (!(value > best || (Number.isNaN(value) && !Number.isNaN(best)))) continue;
        best = value;
        position = row * width + column;
      }
    }
    y[at] = best;
    positions[at] = position;
  });
}

/** Adds every gradient to the position that was largest. */
export function plainMaxPool2dGrad({ grad, indices, output }: MaxPool2dGradCall): void {
  const [g, positions, result] = [contiguousElements(grad), contiguousElements(indices), contiguousElements(output)];
  const outPlane = grad.shape[2] * grad.shape[3];
  const plane = output.shape[2] * output.shape[3];
  result.fill(0);
  for (let i = 0; i < g.length; i++) result[Math.floor(i / outPlane) * plane + positions[i]] += g[i];
}

/** Mean of every window. */
export function plainAvgPool2d({ input, output, window, exclusive }: AvgPool2dCall): void {
  const [x, y] = [contiguousElements(input), contiguousElements(output)];
  const width = input.shape[3];
  forEachWindow(input.shape, output.shape, window, (at, plane, { top, bottom, left, right, padded }) => {
    let sum = 0;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) sum += x[plane + row * width + column];
    }
    y[at] = sum / (exclusive ? (bottom - top) * (right - left) : padded);
  });
}

/** Spreads every gradient over its window. */
export function plainAvgPool2dGrad({ grad, output, window, exclusive }: AvgPool2dGradCall): void {
  const [g, result] = [contiguousElements(grad), contiguousElements(output)];
  const width = output.shape[3];
  const total = new Float64Array(result.length);
  forEachWindow(output.shape, grad.shape, window, (at, plane, { top, bottom, left, right, padded }) => {
    const share = g[at] / (exclusive ? (bottom - top) * (right - left) : padded);
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) total[plane + row * width + column] += share;
    }
  });
  result.set(total);
}
