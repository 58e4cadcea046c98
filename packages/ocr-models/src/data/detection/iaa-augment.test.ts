import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import type { Options } from "../options.js";
import { pixelsOf, type Sample } from "../sample.js";
import { iaaAugment } from "./iaa-augment.js";
import type { Region } from "./region.js";

const picture = randomPicture(20, 30);
const regions: Region[] = [
  {
    points: [
      [2, 3],
      [12, 3],
      [12, 9],
      [2, 9],
    ],
    text: "a",
    ignore: true,
  },
];

async function run(options: Options, seed = 0): Promise<Sample> {
  const read = (): Promise<never> => Promise.reject(new Error("no file"));
  const sample: Sample = { path: "", label: "", read, picture, regions, fields: {} };
  return (await iaaAugment(options)(sample, { random: new Random(seed) })) as Sample;
}

test("augmenters come in the order of their list", async () => {
  const flips = [
    { type: "Fliplr", args: {} },
    { type: "Resize", args: { size: 2 } },
  ];
  const first = await run({ augmenter_args: flips });
  expect(first.regions?.[0]).toEqual({
    ...regions[0],
    points: [
      [54, 6],
      [34, 6],
      [34, 18],
      [54, 18],
    ],
  });
  const second = await run({ augmenter_args: [...flips].reverse() });
  expect(second.regions?.[0].points[0]).toEqual([55, 6]);
  expect(pixelsOf("the test", second)).toMatchObject({ width: 60, height: 40 });
});

test("all kinds", async () => {
  const upside = await run({ augmenter_args: [{ type: "Flipud" }] });
  expect(rowsOf(pixelsOf("the test", upside))).toEqual([...rowsOf(picture)].reverse());
  for (const [type, args] of [
    ["Affine", { rotate: 20 }],
    ["GaussianBlur", { sigma: 2 }],
    ["AdditiveGaussianNoise", { scale: 20 }],
    ["Multiply", { mul: [0.5, 0.8] }],
    ["LinearContrast", { alpha: 0.5 }],
  ] as const) {
    const changed = await run({ augmenter_args: [{ type, args }] });
    expect(pixelsOf("the test", changed)).toMatchObject({ width: 30, height: 20 });
    expect(pixelsOf("the test", changed).data).not.toEqual(picture.data);
    expect(changed.regions).not.toBe(undefined);
    if (type !== "Affine") expect(changed.regions).toEqual(regions);
  }
});

test("without a list: flips half of the pictures, turns a little, resizes", async () => {
  let flipped = 0;
  const widths = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    const { picture: found, regions: moved = [] } = await run({}, seed);
    const [[ax, ay], [bx, by]] = moved[0].points;
    if (bx < ax) flipped++;
    expect(Math.abs(by - ay) / Math.abs(bx - ax)).toBeLessThanOrEqual(Math.tan(Math.PI / 18) + 1e-9);
    const length = Math.hypot(bx - ax, by - ay) / 10;
    expect(length).toBeGreaterThanOrEqual(0.5 - 1e-9);
    expect(length).toBeLessThanOrEqual(3);
    expect(found?.width).toBe(Math.floor(30 * length + 1e-9));
    widths.add(found?.width ?? 0);
  }
  // Five deviations of 200 halves.
  expect(Math.abs(flipped - 100)).toBeLessThan(36);
  expect(widths.size).toBeGreaterThan(30);
  expect(await run({}, 3)).toEqual({ ...(await run({ augmenter_args: undefined }, 3)), read: expect.any(Function) });
});

test("an empty list changes nothing", async () => {
  const same = await run({ augmenter_args: [] });
  expect(same.picture).toEqual(picture);
  expect(same.regions).toEqual(regions);
});

describe("wrong lists are errors", () => {
  test.each<[unknown, string]>([
    ["Fliplr", 'IaaAugment.augmenter_args: expected a list of { type, args }, found "Fliplr"'],
    [[{ typ: "Fliplr" }], "IaaAugment.augmenter_args[0]: expected { type, args }, found"],
    [[{ type: "Fliplr", p: 1 }], "IaaAugment.augmenter_args[0]: expected { type, args }, found"],
    [[{ type: "Fliplr", args: [0.5] }], "IaaAugment.augmenter_args[0]: expected { type, args }, found"],
    [
      [{ type: "Fliplr" }, { type: "Flplr" }],
      'augmenter_args[1]: there is no augmenter "Flplr"; the nearest name is "Fliplr"',
    ],
    [[{ type: "Fliplr", args: { prob: 1 } }], 'Fliplr: unknown option "prob"; did you mean "p"?'],
    [[{ type: "Fliplr", args: { p: 2 } }], "Fliplr.p: expected a probability from 0 to 1, found 2"],
    [[{ type: "Resize" }], "Resize.size: expected a number, or [least, greatest]"],
  ])("%j", (augmenter_args, message) => expect(() => iaaAugment({ augmenter_args })).toThrow(message));
});
