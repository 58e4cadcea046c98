import { Variable } from "@retort/autograd";
import { balancedLoss, dbMap, diceLoss } from "@retort/ocr-models";
import { cast, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  batches,
  binaryMaps,
  check,
  gradientMatchesIn,
  mapLossLaws,
  noGradientIn,
  probabilityMaps,
} from "../testing/index.js";
import { dilaDbLoss, dilatedText } from "./dila-db.js";

const [height, width] = [3, 4];

const inputs = (open: boolean): fc.Arbitrary<Tensor[]> =>
  batches((batch) => {
    const maps = probabilityMaps({ open }).ofShape([batch, 3, height, width]);
    return [maps, maps, binaryMaps().ofShape([batch, height, width])];
  });

const loss = (student: Variable, teacher: Variable, mask: Variable): Variable =>
  dilaDbLoss(student, teacher, cast(mask.value, student.dtype));

test("laws", () => {
  check(loss, { inputs: inputs(false), laws: [...mapLossLaws, noGradientIn(1)] });
  check(loss, { inputs: inputs(true), laws: [gradientMatchesIn(0)] });
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
    fc.property(inputs(false), ([student, teacher, mask]) => {
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
