import {
  add,
  crossEntropyRows,
  ctcLoss,
  div,
  exp,
  log,
  mean,
  mul,
  neg,
  reshape,
  slice,
  sub,
  sum,
} from "@retort/autograd";
import {
  batchRepeatInvariant,
  ctcBatches,
  ctcMatchesAlignments,
  finiteBetween,
  ignoresMasked,
  ignoresPadding,
  type Law,
  type Loss,
  meanOver,
  nonNegative,
  relabelInvariant,
  valueMatches,
} from "@retort/autograd/testing";
import { type Tensor, tensor } from "@retort/tensor";
import { type Subject, testMutations } from "../../../../fixtures/mutations.js";
import { binaryCrossEntropy } from "../losses/binary-cross-entropy.js";
import { ctcBatchLoss } from "../losses/ctc-loss.js";
import { diceLoss } from "../losses/dice-loss.js";
import { sarBatchLoss } from "../losses/sar-loss.js";
import { againstMaps, labelLossLaws, mapLossLaws, maskedMaps, sarBatches } from "./index.js";

const kept = (laws: readonly Law[]): Subject["laws"] => laws.map((law) => [law, {}]);
const mapped = (x: Tensor, change: (value: number) => number): Tensor =>
  tensor(Int32Array.from(x.dataSync(), change), x.shape);

const sumOfCtc: Loss = (x, labels, lengths) => sum(ctcLoss(x, labels.value, lengths.value));
/** The last class is the blank, and labels are those without it. */
const lastIsBlank: Loss = (x, labels, lengths) => {
  const blank = x.shape[2] - 1;
  const others = mapped(labels.value, (label) => label % blank);
  return mean(ctcLoss(x, others, lengths.value, blank));
};
/** Every row counts to its end, padding as class 1. */
const lengthsForgotten: Loss = (x, labels, lengths) => {
  const filled = mapped(labels.value, (label) => label || 1);
  return mean(
    ctcLoss(
      x,
      filled,
      mapped(lengths.value, () => labels.shape[1]),
    ),
  );
};
/** Padding counts where it is no blank. */
const paddingCounts: Loss = (x, labels) => {
  const rows = Array.from(labels.value.dataSync());
  const ends = Array.from({ length: labels.shape[0] }, (_, b) => {
    const row = rows.slice(b * labels.shape[1], (b + 1) * labels.shape[1]);
    return row.includes(0) ? row.indexOf(0) : row.length;
  });
  return mean(ctcLoss(x, labels.value, tensor(Int32Array.from(ends))));
};

const ctc: Subject = {
  name: "the CTC loss of a batch",
  inputs: ctcBatches(),
  right: (x, labels, lengths) => ctcBatchLoss(x, { labels: labels.value, lengths: lengths.value }),
  laws: [
    ...kept(labelLossLaws),
    [
      ctcMatchesAlignments("mean"),
      {
        "the last class is the blank": lastIsBlank,
        "lengths forgotten": lengthsForgotten,
        "sum over the batch": sumOfCtc,
        "a probability instead of its logarithm": (x, labels, lengths) =>
          neg(mean(exp(neg(ctcLoss(x, labels.value, lengths.value))))),
      },
    ],
    [relabelInvariant({ labels: 1, from: 1 }), { "the last class is the blank": lastIsBlank }],
    [ignoresPadding({ labels: 1, lengths: 2 }), { "ends looked for in the labels": paddingCounts }],
    [meanOver(0), { "sum over the batch": sumOfCtc }],
    [batchRepeatInvariant, { "sum over the batch": sumOfCtc }],
  ],
};

const [classes, steps] = [5, 4];
const isCharacter = (label: number): boolean => label !== classes;

/** The cross-entropy of each label but the first at the step `from` later, divided by what `count` says. */
const sarFrom =
  (from: number, count: (wanted: Int32Array) => number): Loss =>
  (x, labels) => {
    const wanted = Int32Array.from(labels.value.dataSync()).filter((_, i) => i % steps > 0);
    const rows = reshape(slice(x, 1, from, from + steps - 1), [-1, classes]);
    return div(sum(crossEntropyRows(rows, tensor(wanted), classes)), count(wanted));
  };

const sarByLoops = valueMatches((x, labels) => {
  let [total, count] = [0, 0];
  for (let b = 0; b < x.shape[0]; b++) {
    for (let t = 0; t + 1 < steps; t++) {
      const label = labels.at(b, t + 1);
      if (!isCharacter(label)) continue;
      const row = Array.from({ length: classes }, (_, c) => Math.exp(x.at(b, t, c)));
      total -= Math.log(row[label] / row.reduce((p, q) => p + q));
      count++;
    }
  }
  return total / count;
});

const sar: Subject = {
  name: "the SAR loss",
  inputs: sarBatches({ classes, steps }),
  right: (x, labels) => sarBatchLoss(x, labels.value, classes),
  laws: [
    ...kept(labelLossLaws),
    [
      sarByLoops,
      {
        "each step names its own label": sarFrom(1, (wanted) => wanted.filter(isCharacter).length),
        "padding counts in the mean": sarFrom(0, (wanted) => wanted.length),
      },
    ],
    [batchRepeatInvariant, { "sum instead of mean": sarFrom(0, () => 1) }],
  ],
};

const dice: Subject = {
  name: "the Dice loss",
  inputs: maskedMaps(),
  right: againstMaps((p, g, m) => diceLoss(p, g, m)),
  laws: [
    ...kept(mapLossLaws),
    [nonNegative, { "the overlap counted twice": againstMaps((p, g, m) => sub(mul(diceLoss(p, g, m), 2), 1)) }],
    [finiteBetween(0, 1), { "no epsilon": againstMaps((p, g, m) => diceLoss(p, g, m, 0)) }],
    [
      ignoresMasked({ mask: 2, of: [0, 1] }),
      {
        "the mask in the overlap only": againstMaps((p, g, m) =>
          sub(1, div(mul(sum(mul(mul(p, g), m)), 2), add(add(sum(p), sum(g)), 1e-6))),
        ),
      },
    ],
  ],
};

const entropy: Subject = {
  name: "binary cross-entropy",
  inputs: maskedMaps(),
  right: againstMaps((p, g) => binaryCrossEntropy(p, g)),
  laws: [
    ...kept(mapLossLaws),
    [
      finiteBetween(0, 1),
      {
        "logarithms of 0": againstMaps((p, g) => neg(add(mul(log(p), g), mul(log(sub(1, p)), sub(1, g))))),
      },
    ],
    [nonNegative, { "wrong sign": againstMaps((p, g) => neg(binaryCrossEntropy(p, g))) }],
  ],
};

testMutations([ctc, sar, dice, entropy], []);
