import { commonDevice } from "../devices.js";
import type { DType } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { scope } from "../memory.js";
import { Tensor } from "../tensor.js";
import { allInt32, needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";

/** The dtype and [B, T, P]. */
function check(
  operation: string,
  query: Tensor,
  key: Tensor,
  score: Tensor,
  others: Readonly<Record<string, Tensor>>,
): [DType, number[]] {
  const dtype = oneFloatingDtype(operation, { query, key, score, ...others });
  const [batch, steps, depth] = query.shape;
  const fits = query.rank === 3 && key.rank === 3 && key.shape[0] === batch && key.shape[1] === depth;
  needShapes(operation, fits, "a query [B, T, D] and a key [B, D, P]", { query, key });
  needShape(operation, [depth], { score });
  return [dtype, [batch, steps, key.shape[2]]];
}

/**
 * Weights of additive attention (Bahdanau et al., 2015) over a flattened map, as in SAR (Li et al., 2019): the softmax
 * over P of sum over d of score[d] tanh(query[b, t, d] + key[b, d, p]) + scoreBias, without storing the tanh.
 * query [B, T, D], key [B, D, P], score [D], scoreBias one element; positions whose column (p % width) is not below
 * validWidth [B] (int32, at least 1) weigh 0. The result is [B, T, P].
 * @throws ShapeError @throws DTypeError @throws RangeError (on the CPU) for a sample without a valid column
 */
export function additiveAttention(
  query: Tensor,
  key: Tensor,
  score: Tensor,
  scoreBias: Tensor,
  validWidth: Tensor,
  width: number,
): Tensor {
  const [dtype, shape] = check("additiveAttention", query, key, score, { scoreBias });
  allInt32("additiveAttention", { validWidth });
  needShapes("additiveAttention", scoreBias.size === 1, "a scoreBias of one element", { scoreBias });
  needShape("additiveAttention", [shape[0]], { validWidth });
  if (!Number.isInteger(width) || width < 1)
    throw new ShapeError(`additiveAttention needs a width of at least 1, found ${width}`);
  const device = commonDevice([query, key, score, scoreBias, validWidth]);
  return scope(() => {
    const output = Tensor.allocate(device, dtype, shape);
    device.run("additiveAttention", {
      query: contiguous(query),
      key: contiguous(key),
      score: contiguous(score),
      scoreBias: contiguous(scoreBias),
      validWidth: contiguous(validWidth),
      width,
      output,
    });
    return output;
  });
}

/**
 * Gradients of `additiveAttention` from grad and its result `weights`, both [B, T, P]. The gradient of scoreBias ([1]) is
 * rounding noise around 0, since a softmax does not see a constant.
 * @throws ShapeError @throws DTypeError
 */
export function additiveAttentionGrad(
  grad: Tensor,
  weights: Tensor,
  query: Tensor,
  key: Tensor,
  score: Tensor,
): { query: Tensor; key: Tensor; score: Tensor; scoreBias: Tensor } {
  const [dtype, shape] = check("additiveAttentionGrad", query, key, score, { grad, weights });
  needShape("additiveAttentionGrad", shape, { grad, weights });
  const device = commonDevice([grad, weights, query, key, score]);
  return scope(() => {
    const shapes = [query.shape, key.shape, score.shape, [1]];
    const [queryGrad, keyGrad, scoreGrad, scoreBiasGrad] = shapes.map((lengths) =>
      Tensor.allocate(device, dtype, lengths),
    );
    device.run("additiveAttentionGrad", {
      grad: contiguous(grad),
      weights: contiguous(weights),
      query: contiguous(query),
      key: contiguous(key),
      score: contiguous(score),
      queryGrad,
      keyGrad,
      scoreGrad,
      scoreBiasGrad,
    });
    return { query: queryGrad, key: keyGrad, score: scoreGrad, scoreBias: scoreBiasGrad };
  });
}
