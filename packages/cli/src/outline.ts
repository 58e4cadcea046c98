import type { SKRSContext2D } from "@napi-rs/canvas";

/** Draws the closed outline of a polygon; coordinates are multiplied by `scale` and moved by `offset`. */
export function drawOutline(
  context: SKRSContext2D,
  points: readonly (readonly [x: number, y: number])[],
  colour: string,
  { scale = 1, offset = [0, 0] }: { scale?: number; offset?: readonly [x: number, y: number] } = {},
): void {
  context.strokeStyle = colour;
  context.beginPath();
  for (const [x, y] of points) context.lineTo(offset[0] + scale * x, offset[1] + scale * y);
  context.closePath();
  context.stroke();
}
