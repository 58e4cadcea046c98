import { expect } from "vitest";
import { compare, golden, goldenSuite } from "../../../../../fixtures/goldens.js";
import { type Draw, distortPoints, perspectivePoints, stretchPoints } from "./text-warps.js";
import { type ControlPoints, type Point, warpMls } from "./warp-mls.js";

interface Case {
  picture: string;
  kind: "distort" | "stretch" | "perspective";
  segments: number | null;
  draws: number[];
  from: Point[];
  to: Point[];
}

/** The control points that `draws` give. */
function pointsOf({ kind, segments, draws }: Case, width: number, height: number): ControlPoints {
  const rest = [...draws];
  const draw: Draw = () => rest.shift() as number;
  const points =
    kind === "perspective"
      ? perspectivePoints(width, height, draw)
      : { distort: distortPoints, stretch: stretchPoints }[kind](width, height, segments as number, draw);
  expect(rest, "draws left").toEqual([]);
  return points;
}

goldenSuite("text warps", () => {
  // Made by fixtures/make-augment.py with NumPy 2.4.
  golden("augment-warps.safetensors", (g) => {
    for (const [i, one] of (g.case as Case[]).entries()) {
      const { data, shape } = g.bytes(`in.${one.picture}`);
      const [height, width] = shape;
      const points = pointsOf(one, width, height);
      expect(points).toEqual({ from: one.from, to: one.to });
      const warped = warpMls({ data, width, height }, points);
      expect([warped.height, warped.width, 3]).toEqual(shape);
      compare(warped.data, g.bytes(`out.${i}`).data, `${one.kind} of ${one.picture} (${i})`, () => 0);
    }
  });
});
