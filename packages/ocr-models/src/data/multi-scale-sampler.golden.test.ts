import { Random } from "@retort/tensor/random";
import { expect } from "vitest";
import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { MultiScaleSampler, type SamplerConfig } from "./multi-scale-sampler.js";
import type { PictureSize } from "./picture.js";

/** What the reference's sampler makes of so many lines. */
interface Case {
  sampler: SamplerConfig;
  lines: number;
  /** width / height of every line, where widths follow the images. */
  proportions?: number[];
  /** Number of samples, height and width of each batch, sorted. */
  batches: [number, number, number][];
  /** The lines of each batch, where they come in order. */
  order?: number[][];
}

goldenSuite("MultiScaleSampler", () => {
  // Made by fixtures/make-multi-scale.py.
  golden("multi-scale.json", (g) => {
    const cases = g.case as Case[];
    for (const { sampler, lines, proportions, batches, order } of cases) {
      const ours = new MultiScaleSampler(sampler, proportions && ((line) => proportions[line]));
      const found = ours.batches(
        Array.from({ length: lines }, (_, i) => i),
        new Random(1),
      );
      const shapes = found.map(({ lines, size }) => {
        const { height, width } = size as PictureSize;
        return [lines.length, height, width];
      });
      const told = JSON.stringify(sampler);
      expect(ours.batchesPerEpoch(lines), told).toBe(batches.length);
      if (order !== undefined) {
        expect(
          found.map((batch) => batch.lines),
          told,
        ).toEqual(order);
        expect(shapes, told).toEqual(batches);
      } else expect(shapes.map(String).sort(), told).toEqual(batches.map(String).sort());
    }
    g.compared(cases.length);
  });
});
