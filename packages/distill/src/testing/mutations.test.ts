import {
  add,
  detach,
  div,
  exp,
  log,
  logSoftmax,
  mean,
  mul,
  neg,
  softmax,
  sub,
  sum,
  type Variable,
} from "@retort/autograd";
import { cast, type Tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Subject, testMutations } from "../../../../fixtures/mutations.js";
import { combined, type Ramp } from "../losses/combined.js";
import { dilaDbLoss } from "../losses/dila-db.js";
import { dmlLoss } from "../losses/dml.js";
import { klDivLoss } from "../losses/kldiv.js";
import { pairwise, type Term } from "../losses/terms.js";
import * as laws from "./divergences.js";
import * as kit from "./index.js";
import {
  check,
  divergenceLaws,
  followsRamp,
  type Law,
  type Loss,
  logits,
  lossOfTerm,
  pairOf,
  ramps,
  temperedBy,
} from "./index.js";

const kept = (laws: readonly Law[]): Subject["laws"] => laws.map((law) => [law, {}]);
const scores = pairOf(logits({ classes: 5 }));
const withLogits = { act: "softmax", useLog: true } as const;
const forward: Loss = (a, b) => dmlLoss(a, b, { ...withLogits, direction: "forward" });

const divergence: Subject = {
  name: "the divergence of a teacher from a student",
  inputs: scores,
  right: (a, b) => klDivLoss(a, b),
  laws: [
    ...kept(divergenceLaws),
    [kit.nonNegative, { "wrong sign": (a, b) => neg(klDivLoss(a, b)) }],
    [
      kit.zeroAtEquality,
      {
        "cross-entropy": (a, b) => neg(div(sum(mul(softmax(b), logSoftmax(a))), a.shape[0])),
      },
    ],
    [
      kit.finiteAtExtremes,
      {
        "logarithm of a softmax": (a, b) => {
          const [p, q] = [a, b].map((x) => softmax(x));
          return div(sum(mul(q, sub(log(q), log(p)))), a.shape[0]);
        },
      },
    ],
    [
      kit.sumOver(1),
      {
        "mean over time": (a, b) => div(klDivLoss(a, b), a.shape[1]),
        "softmax over time": (a, b) => {
          const [p, q] = [a, b].map((x) => sub(x, log(sum(exp(x), { axes: 1, keepDims: true }))));
          return div(sum(mul(exp(q), sub(q, p))), a.shape[0]);
        },
      },
    ],
    [kit.meanOver(0), { "divided by nothing": (a, b) => mul(klDivLoss(a, b), a.shape[0]) }],
    [kit.gradientMatches, { "a detached teacher": (a, b) => klDivLoss(a, detach(b)) }],
    [kit.oppositeOf((a, b) => klDivLoss(b, a)), { "swapped arguments": (a, b) => klDivLoss(b, a) }],
  ],
};

const mutual: Subject = {
  name: "mutual learning",
  inputs: scores,
  right: (a, b) => dmlLoss(a, b, withLogits),
  laws: [
    ...kept(divergenceLaws),
    [
      kit.halfOfBoth(forward),
      {
        "the sum of both": (a, b) => add(forward(a, b), forward(b, a)),
        "one direction twice": (a, b) => forward(a, b),
      },
    ],
    [kit.symmetric, { "one direction": forward }],
  ],
};

const tempered: Subject = {
  name: "mutual learning with a temperature",
  inputs: scores,
  right: (a, b) => dmlLoss(a, b, { ...withLogits, temperature: 4 }),
  laws: [
    ...kept(divergenceLaws),
    [
      temperedBy(4, (a, b) => dmlLoss(a, b, withLogits)),
      {
        "no square": (a, b) => div(dmlLoss(a, b, { ...withLogits, temperature: 4 }), 4),
        "one side only": (a, b) => mul(dmlLoss(mul(a, 1 / 4), b, withLogits), 16),
        "multiplied by it": (a, b) => mul(dmlLoss(mul(a, 4), mul(b, 4), withLogits), 16),
      },
    ],
  ],
};

const asMask = (mask: Variable, like: Variable): Tensor => cast(mask.value, like.dtype);

const dila: Subject = {
  name: "a student's maps against its teacher's text",
  inputs: kit.batches((batch) => {
    const maps = kit.probabilityMaps().ofShape([batch, 3, 3, 4]);
    return [maps, maps, kit.binaryMaps().ofShape([batch, 3, 4])];
  }),
  right: (student, teacher, mask) => dilaDbLoss(student, teacher, asMask(mask, student)),
  laws: [
    ...kept(kit.mapLossLaws),
    [
      kit.noGradientIn(1),
      {
        "the teacher learns": (student, teacher, mask) =>
          add(dilaDbLoss(student, teacher, asMask(mask, student)), mean(mul(teacher, student))),
      },
    ],
  ],
};

const networks = ["Student", "Teacher"];
const feature = "head_out.ctc";
const mutualTerm = (pairs: readonly (readonly [string, string])[]): Term =>
  pairwise((a, b) => forward(a, b), { pairs, feature, name: (a, b) => `${a}-${b}` });
const asLoss = (term: Term): Loss => lossOfTerm(term, { networks, feature });

const pairs: Subject = {
  name: "a term of pairs",
  inputs: scores,
  right: asLoss(mutualTerm([["Student", "Teacher"]])),
  laws: [
    ...kept(divergenceLaws),
    [
      kit.sameLoss("sameLoss", forward),
      {
        "the pair turned round": asLoss(mutualTerm([["Teacher", "Student"]])),
        "a network and itself": asLoss(mutualTerm([["Student", "Student"]])),
        "both pairs": asLoss(
          mutualTerm([
            ["Student", "Teacher"],
            ["Teacher", "Student"],
          ]),
        ),
      },
    ],
  ],
};

const ramp = { start: 3, steps: 4 };
/** A combined loss of one term at a step. */
const atStep =
  (ramp?: Ramp, weight = 1) =>
  (step: number): Loss => {
    const loss = combined([{ weight, term: mutualTerm([["Student", "Teacher"]]), ramp }]);
    return asLoss((outputs, targets) => new Map([["all", loss(outputs, targets, step).loss]]));
  };
test.each(
  Object.entries({
    "no ramp": atStep(),
    "a later start": atStep({ ...ramp, start: 4 }),
    "a shorter way": atStep({ ...ramp, steps: 3 }),
    "another weight": atStep(ramp, 2),
    "a jump": (step: number) => atStep(undefined, step < 7 ? 0 : 1)(step),
  }),
)("followsRamp finds: %s", (_mistake, at) => {
  expect(() => check(forward, { inputs: scores, laws: [followsRamp(at, ramp)] })).toThrow(
    "the loss breaks the law followsRamp({ start: 3, steps: 4 }): ",
  );
});

test("followsRamp keeps any ramp of a combined loss", () => {
  fc.assert(
    fc.property(ramps(), (drawn) =>
      check(forward, { inputs: scores, laws: [followsRamp(atStep(drawn), drawn)], runs: 2 }),
    ),
    { seed: 1, numRuns: 10 },
  );
});

testMutations(
  [divergence, mutual, tempered, dila, pairs],
  Object.keys(laws).filter((name) => name !== "divergenceLaws"),
);
