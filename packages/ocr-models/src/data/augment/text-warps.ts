import type { ControlPoints, Point } from "./warp-mls.js";

// Three distortions of text lines (Luo, Zhu, Jin and Wang, "Learn to augment: joint data augmentation and network
// optimization for text recognition", 2020) with control points where the reference places them. Sizes are in pixels.

/** Gives an integer from 0 to n - 1. */
export type Draw = (n: number) => number;

function cornersOf(width: number, height: number): Point[] {
  return [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ];
}

/**
 * Distortion: the corners move inwards by less than a third of a part, the points that cut the upper and the lower edge
 * into `segments` parts in any direction by up to a sixth.
 */
export function distortPoints(width: number, height: number, segments: number, draw: Draw): ControlPoints {
  const cut = Math.floor(width / segments);
  const reach = Math.floor(cut / 3);
  const from = cornersOf(width, height);
  const to: Point[] = [
    [draw(reach), draw(reach)],
    [width - draw(reach), draw(reach)],
    [width - draw(reach), height - draw(reach)],
    [draw(reach), height - draw(reach)],
  ];
  const move = (): number => draw(reach) - reach * 0.5;
  for (let i = 1; i < segments; i++) {
    from.push([cut * i, 0], [cut * i, height]);
    to.push([cut * i + move(), move()], [cut * i + move(), height + move()]);
  }
  return { from, to };
}

/**
 * Stretching: the corners stay, the cuts between `segments` parts move to the left or right, by up to two fifths of a
 * part.
 */
export function stretchPoints(width: number, height: number, segments: number, draw: Draw): ControlPoints {
  const cut = Math.floor(width / segments);
  const reach = Math.floor((cut * 4) / 5);
  const from = cornersOf(width, height);
  const to = cornersOf(width, height);
  for (let i = 1; i < segments; i++) {
    const moved = cut * i + draw(reach) - reach * 0.5;
    from.push([cut * i, 0], [cut * i, height]);
    to.push([moved, 0], [moved, height]);
  }
  return { from, to };
}

/** Perspective: each corner moves up or down into the picture, by less than half its height. */
export function perspectivePoints(width: number, height: number, draw: Draw): ControlPoints {
  const reach = Math.floor(height / 2);
  return {
    from: cornersOf(width, height),
    to: [
      [0, draw(reach)],
      [width, draw(reach)],
      [width, height - draw(reach)],
      [0, height - draw(reach)],
    ],
  };
}
