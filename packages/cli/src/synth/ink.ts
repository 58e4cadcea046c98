import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import type { Rgb, Style } from "./style.js";

/** What a text's look depends on beside its place. */
export type Lettering = Pick<Style, "font" | "skew" | "spacing">;

/** A matrix of the canvas: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Where the ink of a text lies, from the start of its baseline. */
export interface InkBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The font size at which `inkBox` measures, in pixels. */
export const measure = 100;

// The tallest Latin capitals and figures: a text without them keeps their room, so that letters keep their size.
const capital = 0.68;

/** The box around the ink of a text drawn at size {@link measure}, without slant. */
export function inkBox(text: string, lettering: Lettering): InkBox {
  const context = createCanvas(1, 1).getContext("2d");
  setFont(context, lettering, measure);
  const measured = context.measureText(text);
  return {
    left: -measured.actualBoundingBoxLeft,
    right: measured.actualBoundingBoxRight,
    top: -Math.max(measured.actualBoundingBoxAscent, capital * measure),
    bottom: Math.max(measured.actualBoundingBoxDescent, 0),
  };
}

/** The linear part of the matrix of a text that is slanted and then turned clockwise by `angle` radians. */
export function turned(angle: number, skew: number): [a: number, b: number, c: number, d: number] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos, sin, -cos * skew - sin, -sin * skew + cos];
}

/** Where a matrix takes the corners of a box: top left, top right, bottom right, bottom left. */
export function cornersOf({ left, right, top, bottom }: InkBox, [a, b, c, d, e, f]: Matrix): [number, number][] {
  const corners: [number, number][] = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
  return corners.map(([x, y]) => [a * x + c * y + e, b * x + d * y + f]);
}

/** Draws a text of `size` pixels whose baseline starts where `matrix` takes the origin. */
export function drawText(
  context: SKRSContext2D,
  text: string,
  lettering: Lettering,
  ink: Rgb,
  { size, matrix }: { readonly size: number; readonly matrix: Matrix },
): void {
  context.setTransform(...matrix);
  setFont(context, lettering, size);
  context.fillStyle = css(ink);
  context.fillText(text, 0, 0);
  context.resetTransform();
}

/** A colour as the canvas takes it. */
export function css([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

function setFont(context: SKRSContext2D, { font, spacing }: Lettering, size: number): void {
  context.font = `${size}px "${font.family}"`;
  context.letterSpacing = `${size * spacing}px`;
}
