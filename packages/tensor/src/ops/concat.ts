import { commonDevice } from "../devices.js";
import { promote } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { formatShape, normalizeAxis } from "../shape.js";
import { Tensor } from "../tensor.js";
import { assign } from "./copy.js";
import { fill } from "./create.js";
import { slice } from "./views.js";

/**
 * The tensors one after the other along `axis`; the other lengths must be equal.
 * @throws ShapeError naming the shapes
 */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  if (tensors.length === 0) throw new ShapeError("concat needs at least one tensor");
  const at = normalizeAxis(axis, tensors[0].rank);
  const shape = [...tensors[0].shape];
  shape[at] = 0;
  for (const x of tensors) {
    if (x.rank !== shape.length || x.shape.some((length, i) => i !== at && length !== shape[i])) {
      throw new ShapeError(
        `concat along axis ${at} needs equal other axes, found ${tensors.map((t) => formatShape(t.shape)).join(", ")}`,
      );
    }
    shape[at] += x.shape[at];
  }
  const result = Tensor.allocate(commonDevice(tensors), tensors.map((x) => x.dtype).reduce(promote), shape);
  let start = 0;
  for (const x of tensors) {
    const part = slice(result, at, start, start + x.shape[at]);
    assign(part, x);
    part.release();
    start += x.shape[at];
  }
  return result;
}

/**
 * `x` with `before` and `after` elements of `value` added along `axis`.
 * @throws ShapeError when a count is negative
 */
export function pad(x: Tensor, axis: number, before: number, after: number, value = 0): Tensor {
  const at = normalizeAxis(axis, x.rank);
  if (before < 0 || after < 0) throw new ShapeError(`pad needs counts of at least 0, found ${before} and ${after}`);
  const length = x.shape[at];
  const result = Tensor.allocate(x.device, x.dtype, x.shape.with(at, before + length + after));
  for (const [from, to] of [
    [0, before],
    [before + length, before + length + after],
  ]) {
    const edge = slice(result, at, from, to);
    fill(edge, value);
    edge.release();
  }
  const middle = slice(result, at, before, before + length);
  assign(middle, x);
  middle.release();
  return result;
}
