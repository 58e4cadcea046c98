import { compare, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { fillPolygons } from "./fill-polygons.js";
import type { Point } from "./polygon.js";

goldenSuite("filled polygons", () => {
  // Made by fixtures/make-detection.py with OpenCV 4.10.
  golden("detection-fills.safetensors", (g) => {
    const cases = g.case as { height: number; width: number; polygon: Point[] }[];
    for (const [i, { height, width, polygon }] of cases.entries()) {
      const bits = g.bytes(`out.${i}`).data;
      const expected = Array.from({ length: height * width }, (_, k) => (bits[k >> 3] >> (k & 7)) & 1);
      const { data } = fillPolygons({ data: new Uint8Array(height * width), height, width }, [polygon], 1);
      compare(data, expected, `polygon ${i}`, () => 0);
    }
  });
});
