import { backward, Variable } from "@retort/autograd";
import {
  batchOrderInvariant,
  binaryMaps,
  check,
  finiteBetween,
  gradientMatches,
  nonNegative,
  probabilityMaps,
  viewEqualsCopy,
} from "@retort/autograd/testing";
import { balancedLoss, dbMap, diceLoss } from "@retort/ocr-models";
import { cast, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dilaDbLoss, dilatedText } from "./dila-db.js";

const [height, width] = [3, 4];

const batches = (open: boolean): fc.Arbitrary<Tensor[]> =>
  fc.integer({ min: 1, max: 2 }).chain((batch) => {
    const maps = probabilityMaps({ open }).ofShape([batch, 3, height, width]);
    return fc.tuple(maps, maps, binaryMaps().ofShape([batch, height, width]));
  });

const loss = (student: Variable, teacher: Variable, mask: Variable): Variable =>
  dilaDbLoss(student, teacher, cast(mask.value, student.dtype));

test("laws", () => {
  check(loss, {
    inputs: batches(false),
    laws: [nonNegative, batchOrderInvariant, viewEqualsCopy, finiteBetween(0, 1)],
  });
  // The text of a teacher changes in steps, so its slope is 0 wherever it has one.
  const farFromTheStep = batches(true).filter(([, teacher]) =>
    teacher.dataSync().every((value: number) => Math.abs(value - 0.3) > 1e-3),
  );
  check(loss, { inputs: farFromTheStep, laws: [gradientMatches], runs: 10 });
});

test("text spreads to the right, downwards and right downwards, within its own picture", () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
  );
  const maps = sizes.chain((shape) => probabilityMaps().ofShape(shape));
  fc.assert(
    fc.property(maps, (map) => {
      const [batch, rows, columns] = map.shape;
      const values = map.dataSync();
      const isText = (b: number, y: number, x: number): boolean =>
        y >= 0 && x >= 0 && values[(b * rows + y) * columns + x] > Math.fround(0.3);
      const wanted: number[] = [];
      for (let b = 0; b < batch; b++) {
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++) {
            const near = isText(b, y, x) || isText(b, y - 1, x) || isText(b, y, x - 1) || isText(b, y - 1, x - 1);
            wanted.push(near ? 1 : 0);
          }
        }
      }
      expect([...dilatedText(map).dataSync()]).toEqual(wanted);
    }),
    { seed: 1 },
  );
});

test("a probability that equals the threshold is no text", () => {
  expect([...dilatedText(tensor([Math.fround(0.3)], [1, 1, 1])).dataSync()]).toEqual([0]);
});

test("the shrink map is balanced and weighed, the binary map is not, and the options count", () => {
  fc.assert(
    fc.property(batches(false), ([student, teacher, mask]) => {
      const [s, t] = [student, teacher].map((x) => new Variable(x));
      const m = cast(mask, "float32");
      const text = dilatedText(dbMap(t, "shrink_maps").value);
      const binary = diceLoss(dbMap(s, "binary_maps"), text, m).item();
      const options = { mainLoss: "BCELoss", negativeRatio: 1, alpha: 2 } as const;
      const shrink = balancedLoss(dbMap(s, "shrink_maps"), text, m, options).item();
      expect(dilaDbLoss(s, t, m, options).item()).toBeCloseTo(2 * shrink + binary, 3);
    }),
    { seed: 1, numRuns: 20 },
  );
});

test("the teacher learns nothing", () => {
  const [student, teacher] = [0.2, 0.6].map(
    (value) => new Variable(tensor(new Float32Array(12).fill(value), [1, 3, 2, 2]), { requiresGrad: true }),
  );
  const gradients = backward(dilaDbLoss(student, teacher, tensor(new Float32Array(4).fill(1), [1, 2, 2])));
  expect(gradients.get(teacher)).toBeUndefined();
  expect(
    gradients
      .get(student)
      ?.value.dataSync()
      .some((slope: number) => slope !== 0),
  ).toBe(true);
});
