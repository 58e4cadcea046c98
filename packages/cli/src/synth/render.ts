import type { Random } from "@retort/tensor";
import { paint, type SynthImage } from "./canvas.js";
import { cornersOf, drawText, inkBox, type Matrix, measure, turned } from "./ink.js";
import type { Style } from "./style.js";

/** Draws one line of text. The ink of the whole text lies inside the picture, whatever the font, slant and angle. */
export async function renderText(text: string, style: Style, random: Random): Promise<SynthImage> {
  const place = layout(text, style);
  return paint(place.width, place.height, style, random, (context) => drawText(context, text, style, style.ink, place));
}

interface Place {
  readonly width: number;
  readonly height: number;
  /** Font size in pixels. */
  readonly size: number;
  /** Matrix from text coordinates (baseline's start at 0, 0) to the canvas. */
  readonly matrix: Matrix;
}

// Greatest rise of a turned line, relative to its height: longer lines are turned less.
const RISE = 0.3;

function layout(text: string, style: Style): Place {
  const box = inkBox(text, style);
  const steepest = Math.atan((RISE * (box.bottom - box.top)) / (box.right - box.left));
  const angle = Math.max(-steepest, Math.min(steepest, style.angle));
  const linear = turned(angle, style.skew);
  const corners = cornersOf(box, [...linear, 0, 0]);
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const { margins, height } = style;
  const scale = (height * (1 - margins.top - margins.bottom)) / (bottom - top);
  const width = Math.ceil(scale * (right - left) + height * (margins.left + margins.right));
  const [e, f] = [height * margins.left - scale * left, height * margins.top - scale * top];
  return { width, height, size: measure * scale, matrix: [...linear, e, f] };
}
