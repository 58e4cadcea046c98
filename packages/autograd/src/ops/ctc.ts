import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { type Operand, Variable } from "../variable.js";

interface Target {
  readonly labels: T.Tensor;
  readonly lengths: T.Tensor;
  readonly blank: number;
}

const op = defineOp<Target>({
  name: "ctcLoss",
  once: true,
  forward: ([logits], { labels, lengths, blank }) => {
    const { loss, logSumExp, alpha } = T.ctcLoss(logits, labels, lengths, blank);
    return { outputs: [loss], saved: [logSumExp, alpha] };
  },
  vjp: ({ grads: [grad], inputs: [logits], saved: [logSumExp, alpha], attributes: { labels, lengths, blank } }) => {
    const found = T.ctcLossGrad((grad as Variable).value, logits.value, labels, lengths, blank, { logSumExp, alpha });
    return [new Variable(found)];
  },
});

/**
 * Connectionist temporal classification: minus the log-likelihood [B] of label sequences int32 [B, L], of which the
 * first `lengths` [B] count, under logits [B, T, C]; the softmax is inside. A sample whose label cannot be aligned in T
 * steps has loss 0 and no gradient, as in the reference.
 * Source: Graves et al. 2006; rec_ctc_loss.py.
 * @throws RangeError when a label is the blank or not below C
 */
export function ctcLoss(logits: Operand, labels: T.Tensor, lengths: T.Tensor, blank = 0): Variable {
  return apply(op, [logits], { labels, lengths, blank })[0];
}
