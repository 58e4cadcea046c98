import { Random } from "@retort/tensor/random";
import { expect } from "vitest";
import { compare, golden, goldenSuite } from "../../../../../fixtures/goldens.js";
import type { Point } from "../../geometry/polygon.js";
import { Rejection, type Sample } from "../sample.js";
import { detLabelEncode } from "./det-label-encode.js";
import { makeBorderMap } from "./make-border-map.js";
import { makeShrinkMap } from "./make-shrink-map.js";
import { blackPicture } from "./paste.js";
import { type Region, regionFields } from "./region.js";

interface Case {
  height: number;
  width: number;
  ignore: boolean[];
  label: { transcription: string; points: Point[] }[];
  encoded: { polys: Point[][]; texts: string[]; ignore_tags: boolean[] };
}

const context = { random: new Random(0) };

goldenSuite("maps of detection", () => {
  golden("db-targets.safetensors", async (g) => {
    const { height, width, ignore, label, encoded } = g.case as Case;
    const read = (): Promise<never> => Promise.reject(new Error("no file"));
    const sample = { path: "", label: JSON.stringify(label), read, picture: blackPicture(width, height), fields: {} };
    const found = detLabelEncode({})(sample, context) as Sample;
    const regions = found.regions as readonly Region[];
    expect(regions.map(({ text }) => text)).toEqual(encoded.texts);
    expect(regions.map((region) => region.ignore)).toEqual(encoded.ignore_tags);
    const { polys } = regionFields(regions);
    expect(polys.shape).toEqual([encoded.polys.length, encoded.polys[0].length, 2]);
    compare(polys.data, encoded.polys.flat(2), "polys", () => 0);

    const stored = g.floats("polys");
    const points = (i: number): Point[] =>
      Array.from({ length: stored.shape[1] }, (_, k): Point => {
        const at = 2 * (i * stored.shape[1] + k);
        return [stored.data[at], stored.data[at + 1]];
      });
    const drawn = ignore.map((one, i): Region => ({ points: points(i), text: "", ignore: one }));
    const bordered = (await makeBorderMap({})({ ...sample, regions: drawn }, context)) as Sample;
    const shrunken = (await makeShrinkMap({})(bordered, context)) as Sample;
    expect(shrunken).not.toBeInstanceOf(Rejection);
    for (const [name, tolerance] of [
      ["threshold_map", 1e-6],
      ["threshold_mask", 0],
      ["shrink_map", 0],
      ["shrink_mask", 0],
    ] as const) {
      const { data, shape } = shrunken.fields[name];
      const expected = g.floats(name);
      expect(shape, name).toEqual(expected.shape);
      compare(data, expected.data, name, () => tolerance);
    }
  });
});
