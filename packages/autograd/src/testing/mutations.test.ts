import { cast, expression, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { type Subject, testMutations } from "../../../../fixtures/mutations.js";
import { customGrad } from "../custom-grad.js";
import { abs, add, div, exp, log, mul, neg, sqrt, square, sub } from "../ops/arithmetic.js";
import { crossEntropyRows } from "../ops/cross-entropy.js";
import { ctcLoss } from "../ops/ctc.js";
import { elementwise } from "../ops/elementwise.js";
import { logSoftmax, softmax } from "../ops/softmax.js";
import { mean, sum } from "../ops/sum.js";
import { slice } from "../ops/views.js";
import { detach, Variable } from "../variable.js";
import * as batchLaws from "./batch-laws.js";
import * as finiteLaws from "./finite-laws.js";
import * as gradientLaws from "./gradient-laws.js";
import * as kit from "./index.js";
import { type Loss, logits, pairOf, probabilityMaps, shapes, tensors } from "./index.js";
import * as invarianceLaws from "./invariance-laws.js";
import * as valueLaws from "./laws.js";

/** Kullback-Leibler divergence of the second distribution from the first, mean over samples and steps. */
const divergenceOf =
  (logProbabilities: (x: Variable) => Variable): Loss =>
  (x, y) => {
    const [p, q] = [x, y].map(logProbabilities);
    return mean(sum(mul(exp(q), sub(q, p)), { axes: -1 }));
  };
const divergence = divergenceOf(logSoftmax);
const softmaxOver = (axis: number): Loss =>
  divergenceOf((x) => sub(x, log(sum(exp(x), { axes: axis, keepDims: true }))));
const times = expression(({ x, weight }) => x.mul(weight));
/** Multiplies what stands at each place of an axis by the weight of that place. */
const weighed = (x: Variable, axis: number, weight: (place: number) => number): Variable => {
  const weights = Float32Array.from({ length: x.shape[axis] }, (_, i) => weight(i));
  const shape = x.shape.map((length, a) => (a === axis ? length : 1));
  return elementwise(times, [x, cast(tensor(weights, shape), x.dtype)]);
};

/** The same divergence by plain loops. */
function divergenceByLoops(x: kit.Grid, y: kit.Grid): number {
  const classes = x.shape[2];
  let total = 0;
  for (let from = 0; from < x.values.length; from += classes) {
    const [p, q] = [x, y].map(({ values }) => {
      const exps = Array.from(values.slice(from, from + classes), Math.exp);
      return exps.map((value) => value / exps.reduce((a, b) => a + b));
    });
    total += q.reduce((part, share, c) => part + share * Math.log(share / p[c]), 0) / (x.values.length / classes);
  }
  return total;
}

const divergences: Subject = {
  name: "a divergence of logits",
  inputs: pairOf(logits({ classes: 4 })),
  right: divergence,
  laws: [
    [kit.nonNegative, { "wrong sign": (x, y) => neg(divergence(x, y)) }],
    [
      kit.zeroAtEquality,
      {
        "cross-entropy instead of divergence": (x, y) => neg(mean(sum(mul(softmax(y), logSoftmax(x)), { axes: -1 }))),
        "softmax on one side only": (x, y) => mean(sum(mul(softmax(y), sub(logSoftmax(y), x)), { axes: -1 })),
      },
    ],
    [
      kit.positiveApart,
      {
        "always 0": (x, y) => mul(divergence(x, y), 0),
        "only the first sample": (x, y) => divergence(slice(x, 0, 0, 1), slice(y, 0, 0, 1)),
        "the last class left out": (x, y) => divergence(slice(x, 2, 0, 3), slice(y, 2, 0, 3)),
      },
    ],
    [kit.shiftInvariant, { "softmax over the wrong axis": softmaxOver(1), "no softmax": divergenceOf((x) => x) }],
    [
      kit.classOrderInvariant,
      { "the blank counts twice": divergenceOf((x) => weighed(logSoftmax(x), 2, (c) => (c === 0 ? 2 : 1))) },
    ],
    [
      kit.gradientMatches,
      {
        "a detached branch": (x, y) => divergence(x, detach(y)),
        "a detached factor": (x, y) =>
          mean(sum(mul(detach(softmax(y)), sub(logSoftmax(y), logSoftmax(x))), { axes: -1 })),
      },
    ],
    [
      kit.gradientsSumToZero,
      {
        "a penalty on the logits": (x, y) => add(divergence(x, y), mean(square(x))),
        "softmax over the wrong axis": softmaxOver(1),
      },
    ],
    [kit.gradientsSumToZeroWithin(1e-5), { "no softmax": divergenceOf((x) => x) }],
    [
      kit.finiteAtExtremes,
      { "logarithm of a softmax": divergenceOf((x) => log(softmax(x))), "logarithm of a sum": softmaxOver(2) },
    ],
    [
      kit.batchOrderInvariant,
      { "samples weighed by their place": (x, y) => mean(weighed(square(sub(x, y)), 0, (sample) => sample + 1)) },
    ],
    [kit.batchRepeatInvariant, { "sum instead of mean": (x, y) => mul(divergence(x, y), x.value.size / 4) }],
    [
      kit.meanOver(0),
      {
        "sum instead of mean": (x, y) => mul(divergence(x, y), x.value.size / 4),
        "softmax over the samples": softmaxOver(0),
      },
    ],
    [
      kit.meanOver(1),
      {
        "mean over time before comparing": (x, y) => divergence(mean(x, { axes: 1 }), mean(y, { axes: 1 })),
        "sum instead of mean": (x, y) => mul(divergence(x, y), x.shape[1]),
      },
    ],
    [
      kit.viewEqualsCopy,
      { "what lies in memory": (x, y) => (x.value.contiguous ? divergence(x, y) : divergence(y, x)) },
    ],
    [
      kit.sameLoss("sameLoss", (x, y) =>
        div(sum(mul(softmax(y), sub(logSoftmax(y), logSoftmax(x)))), x.value.size / 4),
      ),
      { "swapped arguments": (x, y) => divergence(y, x) },
    ],
    [
      kit.valueMatches(divergenceByLoops),
      {
        "swapped arguments": (x, y) => divergence(y, x),
        "mean over the classes instead of sum": (x, y) => mul(divergence(x, y), 1 / 4),
      },
    ],
  ],
};

const distance: Loss = (x, y) => sum(square(sub(x, y)));
/** A square whose gradient is right and cannot be differentiated. */
const once = customGrad({
  name: "once",
  differentiable: true,
  forward: ([x]) => square(x).value,
  vjp: ({ grads: [grad], inputs: [x] }) => [mul(grad as Variable, mul(detach(x), 2))],
});

const distances: Subject = {
  name: "a squared distance",
  inputs: pairOf(tensors({ shape: shapes({ rank: [2, 3], length: [1, 3] }) })),
  right: distance,
  laws: [
    [kit.symmetric, { "weighed by one side": (x, y) => mean(mul(square(sub(x, y)), square(x))) }],
    [
      kit.homogeneous(2),
      { "a forgotten square": (x, y) => mean(abs(sub(x, y))), "something added": (x, y) => add(distance(x, y), 1) },
    ],
    [
      kit.sumOver(1),
      {
        "mean instead of sum": (x, y) => mean(square(sub(x, y))),
        "square of a sum": (x, y) => sum(square(sum(sub(x, y), { axes: 1 }))),
      },
    ],
    [kit.secondOrderMatches, { "a gradient cut off from its inputs": (x, y) => sum(once(sub(x, y))) }],
    [
      kit.finiteAtZero,
      {
        "a norm without epsilon": (x, y) => sqrt(distance(x, y)),
        "a cosine without epsilon": (x, y) => div(sum(mul(x, y)), sqrt(mul(sum(square(x)), sum(square(y))))),
      },
    ],
    [kit.finite, { "a logarithm without epsilon": (x, y) => add(distance(x, y), sum(log(abs(x)))) }],
  ],
};

const teacher: Subject = {
  name: "a distance from a teacher",
  inputs: distances.inputs,
  right: (x, y) => distance(x, detach(y)),
  laws: [
    [
      kit.noGradientIn(1),
      { "the teacher learns": distance, "the student is detached": (x, y) => distance(detach(x), y) },
    ],
    [kit.gradientMatchesIn(0), { "half of the gradient": (x, y) => sum(mul(sub(x, y), detach(sub(x, y)))) }],
  ],
};

const constant = (x: Variable, like: Variable): Variable => new Variable(cast(x.value, like.dtype));
/** Mean cross-entropy of probabilities where a mask of 0 and 1 counts. */
const masked =
  (count: (mask: Variable) => Variable, inLogarithm = 1e-6): Loss =>
  (p, target, mask) => {
    const [g, m] = [target, mask].map((x) => constant(x, p));
    const found = log(add(add(mul(p, g), mul(sub(1, p), sub(1, g))), inLogarithm));
    return div(neg(sum(mul(found, m))), count(m));
  };
const counted = (m: Variable): Variable => add(sum(m), 1e-6);

const maps: Subject = {
  name: "a masked loss of probabilities",
  inputs: probabilityMaps({ open: true }).shapes.chain((shape) => {
    const labels = kit.binaryMaps().ofShape(shape);
    return fc.tuple(probabilityMaps({ open: true }).ofShape(shape), labels, labels);
  }),
  right: masked(counted),
  laws: [
    [kit.finiteBetween(0, 1), { "no epsilon in the logarithm": masked(counted, 0) }],
    [kit.finite, { "no epsilon in the divisor": masked((m) => sum(m)) }],
    [
      kit.ignoresMasked({ mask: 2, of: [0] }),
      {
        "no mask": (p, g) => mean(square(sub(p, constant(g, p)))),
        "the mask is read as the target": (p, g, m) => masked(counted)(p, m, g),
      },
    ],
  ],
};

/** Cross-entropy of each step against its class. */
const named: Loss = (x, labels) => crossEntropyRows(x, labels.value);
const labelled: Subject = {
  name: "cross-entropy against labels",
  inputs: kit.batches((rows) => [
    logits({ classes: 4, lead: [rows] }),
    kit.integers({ shape: [rows], low: 0, high: 3 }),
  ]),
  right: named,
  laws: [
    [
      kit.relabelInvariant({ labels: 1 }),
      {
        "off by one": (x, labels) =>
          crossEntropyRows(x, tensor(Int32Array.from(labels.value.dataSync(), (c) => Math.max(0, c - 1)))),
        "one class weighs more": (x, labels) =>
          named(
            weighed(x, 1, (c) => c + 1),
            labels,
          ),
      },
    ],
  ],
};

const full = (labels: Variable): Tensor => tensor(new Int32Array(labels.shape[0]).fill(labels.shape[1]));
/** CTC whose labels all count, the padding as class 1. */
const withoutLengths: Loss = (x, labels) =>
  ctcLoss(
    x,
    tensor(
      Int32Array.from(labels.value.dataSync(), (c) => c || 1),
      labels.shape,
    ),
    full(labels),
  );
const lastBlank: Loss = (x, labels, lengths) => {
  const [, , classes] = x.shape;
  const moved = Int32Array.from(labels.value.dataSync(), (c) => c % (classes - 1));
  return ctcLoss(x, tensor(moved, labels.shape), lengths.value, classes - 1);
};

const ctc: Subject = {
  name: "CTC",
  inputs: kit.ctcBatches(),
  right: (x, labels, lengths) => ctcLoss(x, labels.value, lengths.value),
  laws: [
    [
      kit.ctcMatchesAlignments(),
      {
        "another blank": lastBlank,
        "lengths forgotten": withoutLengths,
        "a softmax too many": (x, labels, lengths) => ctcLoss(softmax(x), labels.value, lengths.value),
        "the last step left out": (x, labels, lengths) =>
          ctcLoss(slice(x, 1, 0, x.shape[1] - 1), labels.value, lengths.value),
      },
    ],
    [kit.relabelInvariant({ labels: 1, from: 1 }), { "another blank": lastBlank }],
    [
      kit.ignoresPadding({ labels: 1, lengths: 2 }),
      { "lengths forgotten": (x, labels) => mean(mul(x, sum(constant(labels, x)))) },
    ],
  ],
};

testMutations(
  [divergences, distances, teacher, maps, labelled, ctc],
  [
    ...Object.keys({ ...valueLaws, ...gradientLaws, ...batchLaws, ...invarianceLaws, ...finiteLaws }),
    "ctcMatchesAlignments",
  ],
);
