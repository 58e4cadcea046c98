import { backward, Variable } from "@retort/autograd";
import { binaryMaps, check, gradientMatches, ignoresMasked, probabilityMaps } from "@retort/autograd/testing";
import { cast, full, sizeOf, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { againstMaps, mapLossLaws } from "../testing/index.js";
import { balancedLoss, type MainLoss } from "./balanced-loss.js";
import { diceLoss } from "./dice-loss.js";
import { maskedL1Loss } from "./masked-l1-loss.js";

const labelled = fc.integer({ min: 1, max: 2 }).chain((batch) => {
  const shape = [batch, 3, 4];
  const labels = binaryMaps().ofShape(shape);
  return fc.tuple(probabilityMaps().ofShape(shape), labels, labels);
});

/** No two pixels alike, so that it is clear which negatives are the hardest. */
const distinct = fc.integer({ min: 1, max: 2 }).chain((batch) => {
  const shape = [batch, 3, 4];
  const size = sizeOf(shape);
  const values = fc.uniqueArray(fc.integer({ min: 16, max: 1008 }), { minLength: size, maxLength: size });
  const labels = binaryMaps().ofShape(shape);
  return fc.tuple(
    values.map((list) =>
      tensor(
        list.map((n) => n / 1024),
        shape,
      ),
    ),
    labels,
    labels,
  );
});

const losses: MainLoss[] = ["DiceLoss", "BCELoss", "MaskL1Loss"];

test.each(losses)("laws of a balanced %s", (mainLoss) => {
  const loss = againstMaps((p, g, m) => balancedLoss(p, g, m, { mainLoss }));
  check(loss, { inputs: labelled, laws: [...mapLossLaws, ignoresMasked({ mask: 2, of: [0, 1] })] });
  check(loss, { inputs: distinct, laws: [gradientMatches] });
});

interface Pixels {
  readonly p: readonly number[];
  readonly g: readonly number[];
  readonly m: readonly number[];
}

const pixelsOf = ([p, g, m]: readonly Tensor[]): Pixels => {
  const [pp, gg, mm] = [p, g, m].map((x) => [...x.dataSync()]);
  return { p: pp, g: gg, m: mm };
};

/** Numbers of pixels of text, and of others that count. */
function counted({ g, m }: Pixels, ratio: number): { positives: number; negatives: number } {
  const positives = g.filter((value, i) => value * m[i] === 1).length;
  const others = g.filter((value, i) => (1 - value) * m[i] === 1).length;
  return { positives, negatives: Math.floor(Math.min(others, ratio * positives)) };
}

/** The mean over all pixels of text and the others with the largest loss, by sorting. */
function byLoops(pixels: Pixels, ratio: number): number {
  const { p, g, m } = pixels;
  const { positives, negatives } = counted(pixels, ratio);
  const clamped = (x: number): number => Math.max(Math.log(x), -100);
  const text = p.filter((_, i) => g[i] * m[i] === 1).map((value) => -clamped(value));
  const others = p.filter((_, i) => (1 - g[i]) * m[i] === 1).map((value) => -clamped(1 - value));
  const hardest = others.sort((a, b) => b - a).slice(0, negatives);
  return [...text, ...hardest].reduce((a, b) => a + b, 0) / (positives + negatives + 1e-6);
}

const exact = (inputs: readonly Tensor[]): Tensor[] => inputs.map((x) => cast(x, "float64"));

test("a BCELoss counts the hardest of the pixels without text, three for each pixel of text", () => {
  const ratios = fc.constantFrom(3, 1, 0.5, 0);
  fc.assert(
    fc.property(labelled, ratios, (inputs, negativeRatio) => {
      const [p, g, m] = exact(inputs);
      const found = balancedLoss(p, g, m, { mainLoss: "BCELoss", negativeRatio }).item();
      expect(found).toBeCloseTo(byLoops(pixelsOf([p, g, m]), negativeRatio), 9);
    }),
    { seed: 1 },
  );
});

test("only the pixels that count have a gradient", () => {
  fc.assert(
    fc.property(distinct, (inputs) => {
      const [p, g, m] = exact(inputs);
      const input = new Variable(p, { requiresGrad: true });
      const gradient = backward(balancedLoss(input, g, m, { mainLoss: "BCELoss" })).get(input);
      const { positives, negatives } = counted(pixelsOf(inputs), 3);
      const slopes = [...(gradient?.value.dataSync() ?? [])];
      expect(slopes.filter((slope) => slope !== 0)).toHaveLength(positives + negatives);
      expect(slopes.filter((slope) => slope < 0)).toHaveLength(positives);
    }),
    { seed: 1 },
  );
});

test.each([
  ["DiceLoss", diceLoss],
  ["MaskL1Loss", maskedL1Loss],
] as const)("a %s, one number, is all but unchanged, and 0 without text", (mainLoss, main) => {
  fc.assert(
    fc.property(labelled, (inputs) => {
      const [p, g, m] = exact(inputs);
      const { positives, negatives } = counted(pixelsOf(inputs), 3);
      const share = (positives + negatives) / (positives + negatives + 1e-6);
      expect(balancedLoss(p, g, m, { mainLoss }).item()).toBeCloseTo(main(p, g, m).item() * share, 12);
      expect(balancedLoss(p, g, m, { mainLoss, balance: false }).item()).toBe(main(p, g, m).item());
      expect(balancedLoss(p, full(p.shape, 0, "float64"), m, { mainLoss }).item()).toBe(0);
    }),
    { seed: 1 },
  );
});

test("a BCELoss that is not balanced is no single number", () => {
  const x = tensor([0.5]);
  expect(() => balancedLoss(x, x, x, { mainLoss: "BCELoss", balance: false })).toThrow("has a value at every pixel");
});
