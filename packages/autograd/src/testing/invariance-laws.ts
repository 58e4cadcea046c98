import { concat, isFloating, sameShape, slice, type Tensor, tensor } from "@retort/tensor";
import { gridOf, toStridedTensor } from "./grid.js";
import { assertSame, evaluate, type Law, onFloating, withGradients } from "./law.js";

/** A view with other strides gives the same loss and gradients as the tensor that it shows. */
export const viewEqualsCopy: Law = {
  name: "viewEqualsCopy",
  holds(loss, inputs) {
    const views = inputs.map((x) => toStridedTensor(gridOf(x.dataSync(), x.shape), x.dtype));
    const [ofCopies, ofViews] = [inputs, views].map((list) => withGradients(loss, list));
    assertSame(ofViews.value, ofCopies.value, "loss of views");
    for (const [i, gradient] of ofCopies.gradients.entries()) {
      if (gradient !== undefined) assertSame(ofViews.gradients[i] as Tensor, gradient, `gradient of view ${i}`);
    }
  },
};

/** The order of the classes, the last axis of the floating inputs, changes nothing. */
export const classOrderInvariant: Law = {
  name: "classOrderInvariant",
  holds(loss, inputs) {
    const turned = evaluate(
      loss,
      onFloating(inputs, (x) => rotated(x, 0)),
    );
    assertSame(turned, evaluate(loss, inputs), "loss with the classes in another order");
  },
};

/**
 * Classes can be renamed: those from `from` on (1 leaves a blank in its place), the last axis of the floating inputs,
 * change places, and the labels of input `labels` with them, which changes nothing. Labels beyond the classes stay.
 */
export function relabelInvariant({ labels, from = 0 }: { readonly labels: number; readonly from?: number }): Law {
  return {
    name: `relabelInvariant({ labels: ${labels}, from: ${from} })`,
    holds(loss, inputs) {
      const classes = inputs.find((x) => isFloating(x.dtype))?.shape.at(-1) ?? 0;
      const renamed = onFloating(inputs, (x) => rotated(x, from)).with(
        labels,
        relabelled(inputs[labels], classes, from),
      );
      assertSame(evaluate(loss, renamed), evaluate(loss, inputs), "loss with the classes and labels renamed");
    },
  };
}

/** The last axis from `from` on, its first place at the end. */
function rotated(x: Tensor, from: number): Tensor {
  const axis = x.rank - 1;
  const length = x.shape[axis];
  if (length - from < 2) return x;
  return concat([slice(x, axis, 0, from), slice(x, axis, from + 1, length), slice(x, axis, from, from + 1)], axis);
}

function relabelled(labels: Tensor, classes: number, from: number): Tensor {
  const count = classes - from;
  const moved = (label: number): number =>
    label < from || label >= classes ? label : from + ((label - from + count - 1) % count);
  return tensor(Int32Array.from(labels.dataSync(), moved), labels.shape);
}

/**
 * Where the mask, input `mask`, is 0, the inputs `of` may have any values, and have no gradient. The axes of the mask are
 * the first of theirs.
 */
export function ignoresMasked({ mask, of }: { readonly mask: number; readonly of: readonly number[] }): Law {
  return {
    name: `ignoresMasked({ mask: ${mask}, of: [${of.join(", ")}] })`,
    holds(loss, inputs) {
      const counts = of.map((i) => countsOf(inputs[mask], inputs[i]));
      const changed = of.reduce((list, at, i) => list.with(at, changedWhere(list[at], counts[i])), [...inputs]);
      const before = withGradients(loss, inputs);
      assertSame(evaluate(loss, changed), evaluate(loss, inputs), "loss with other values where the mask is 0");
      for (const [i, at] of of.entries()) {
        const slope = before.gradients[at]?.dataSync().find((value: number, j: number) => value !== 0 && !counts[i](j));
        if (slope !== undefined) throw new Error(`the gradient of input ${at} is ${slope} where the mask is 0`);
      }
    },
  };
}

/** Whether an element of `x` counts, by its position in row-major order. */
function countsOf(mask: Tensor, x: Tensor): (position: number) => boolean {
  if (!sameShape(mask.shape, x.shape.slice(0, mask.rank))) {
    throw new Error(`the axes of the mask are not the first of what it covers: ${mask} and ${x}`);
  }
  const [values, each] = [mask.dataSync(), x.size / Math.max(1, mask.size)];
  return (position) => values[Math.floor(position / each)] !== 0;
}

/** What does not count takes the value of the element before it, so that the tensor stays of its kind. */
function changedWhere(x: Tensor, counts: (position: number) => boolean): Tensor {
  const values = Array.from(x.dataSync());
  return tensor(
    values.map((value, i) => (counts(i) ? value : values[(i + values.length - 1) % values.length])),
    x.shape,
    x.dtype,
  );
}

/** Labels of input `labels` [B, L] may be anything behind the end that input `lengths` [B] names. */
export function ignoresPadding({ labels, lengths }: { readonly labels: number; readonly lengths: number }): Law {
  return {
    name: `ignoresPadding({ labels: ${labels}, lengths: ${lengths} })`,
    holds(loss, inputs) {
      const [longest, ends] = [inputs[labels].shape[1], inputs[lengths].dataSync()];
      const filled = Int32Array.from(inputs[labels].dataSync(), (label, i) =>
        i % longest < ends[Math.floor(i / longest)] ? label : 1,
      );
      const other = inputs.with(labels, tensor(filled, inputs[labels].shape));
      assertSame(evaluate(loss, other), evaluate(loss, inputs), "loss with 1 for every label behind the end");
    },
  };
}
