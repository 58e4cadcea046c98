import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { type Operand, Variable } from "../variable.js";
import { add, tanh } from "./arithmetic.js";
import { matmul } from "./matmul.js";
import { softmax } from "./softmax.js";
import { expandDims, reshape, squeeze, transpose } from "./views.js";

interface Columns {
  readonly validWidth: T.Tensor;
  readonly width: number;
}

const op = defineOp<Columns>({
  name: "additiveAttention",
  forward: ([query, key, score, bias], { validWidth, width }) =>
    T.additiveAttention(query, key, score, bias, validWidth, width),
  vjp: ({ grads: [grad], inputs: [query, key, score], outputs: [weights] }) => {
    const found = T.additiveAttentionGrad((grad as Variable).value, weights.value, query.value, key.value, score.value);
    return [found.query, found.key, found.score, found.scoreBias].map((value) => new Variable(value));
  },
  twin: ([query, key, score, bias], { validWidth, width }) => {
    const mixed = tanh(add(expandDims(query, 2), expandDims(transpose(key), 1)));
    const scores = add(squeeze(matmul(mixed, reshape(score, [-1, 1])), 3), reshape(bias, [1]));
    return [softmax(add(scores, mask(validWidth, width, key.shape[2], scores.dtype)))];
  },
});

const outside = T.expression(({ column, valid }) => T.selectTerm(column.lt(valid), 0, Number.NEGATIVE_INFINITY));

/** [B, 1, positions]: 0 in valid columns, -infinity in the others. */
function mask(validWidth: T.Tensor, width: number, positions: number, dtype: T.DType): T.Tensor {
  const columns = T.tensor(
    Int32Array.from({ length: positions }, (_, p) => p % width),
    [1, 1, positions],
  );
  return T.evaluate(outside, [columns, T.reshape(validWidth, [-1, 1, 1])], [], dtype);
}

/**
 * Attention weights [B, T, P] over the P positions of a feature map `width` columns wide: the softmax of
 * score · tanh(query + key) + bias, with query [B, T, D], key [B, D, P], score [D] and a bias of one element. Columns
 * from `validWidth` (int32 [B]) on get weight 0. The sum query + key is never stored.
 * Source: Bahdanau et al. 2015; heads/rec_sar_head.py.
 * @throws ShapeError when shapes do not fit
 */
export function additiveAttention(
  query: Operand,
  key: Operand,
  score: Operand,
  bias: Operand,
  columns: { readonly validWidth: T.Tensor; readonly width: number },
): Variable {
  return apply(op, [query, key, score, bias], columns)[0];
}
