import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { type Operand, Variable } from "../variable.js";
import { mul } from "./arithmetic.js";
import { pick } from "./gather.js";
import { logSoftmax } from "./softmax.js";

interface Target {
  readonly labels: T.Tensor;
  readonly ignoreIndex: number;
}

/** 1 where a label counts, 0 where it is to be ignored. */
const counts = T.expression(({ label }, { ignored }) => label.ne(ignored));

const op = defineOp<Target>({
  name: "crossEntropyRows",
  forward: ([logits], { labels, ignoreIndex }) => {
    const { loss, logSumExp } = T.crossEntropyRows(logits, labels, ignoreIndex);
    return { outputs: [loss], saved: [logSumExp] };
  },
  vjp: ({ grads: [grad], inputs: [logits], saved: [logSumExp], attributes: { labels, ignoreIndex } }) => {
    const g = (grad as Variable).value;
    return [new Variable(T.crossEntropyRowsGrad(g, logits.value, labels, logSumExp, ignoreIndex))];
  },
  twin: ([logits], { labels, ignoreIndex }) => {
    const counted = T.evaluate(counts, [labels], [ignoreIndex], logits.dtype);
    const safe = T.cast(T.evaluate(T.expressions.mul, [labels, T.cast(counted, "int32")]), "int32");
    return [mul(mul(pick(logSoftmax(logits), safe), -1), counted)];
  },
});

/**
 * Cross-entropy of each row of logits [R, C] against int32 labels [R]: log-sum-exp minus the label's logit; 0 where the
 * label is `ignoreIndex`.
 * @throws RangeError when a label is neither `ignoreIndex` nor below C
 */
export function crossEntropyRows(logits: Operand, labels: T.Tensor, ignoreIndex = -100): Variable {
  return apply(op, [logits], { labels, ignoreIndex })[0];
}
