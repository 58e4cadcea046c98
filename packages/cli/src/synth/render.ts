import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import type { Random } from "@retort/tensor";
import { addGradient, addNoise, addTexture, blur, type Pixels } from "./pixels.js";
import type { Rgb, Style } from "./style.js";

/** An encoded picture. */
export interface SynthImage {
  readonly width: number;
  readonly height: number;
  readonly format: "jpg" | "png";
  /** The file's bytes. */
  readonly bytes: Uint8Array;
}

/** Draws one line of text. The ink of the whole text lies inside the picture, whatever the font, slant and angle. */
export async function renderText(text: string, style: Style, random: Random): Promise<SynthImage> {
  const place = layout(text, style);
  const canvas = createCanvas(place.width, place.height);
  const context = canvas.getContext("2d");
  paintGround(context, place, style, random);
  drawInk(context, text, style, place);
  if (style.blur > 0) change(context, place, (pixels) => blur(pixels, style.blur));
  if (style.noise > 0) change(context, place, (pixels) => addNoise(pixels, style.noise, random));
  const bytes = await encode(canvas, style);
  return { width: place.width, height: place.height, format: style.format, bytes };
}

interface Place {
  readonly width: number;
  readonly height: number;
  /** Font size in pixels. */
  readonly size: number;
  /** Matrix from text coordinates (baseline's start at 0, 0) to the canvas. */
  readonly matrix: readonly [number, number, number, number, number, number];
}

const MEASURE = 100;
// The tallest Latin capitals and figures: a text without them keeps their room, so that letters keep their size.
const CAPITAL = 0.68;
// Greatest rise of a turned line, relative to its height: longer lines are turned less.
const RISE = 0.3;

function layout(text: string, style: Style): Place {
  const box = inkBox(text, style);
  const steepest = Math.atan((RISE * (box.bottom - box.top)) / (box.right - box.left));
  const angle = Math.max(-steepest, Math.min(steepest, style.angle));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [a, b, c, d] = [cos, sin, -cos * style.skew - sin, -sin * style.skew + cos];
  const corners = [box.left, box.right].flatMap((x) =>
    [box.top, box.bottom].map((y) => [a * x + c * y, b * x + d * y]),
  );
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const { margins, height } = style;
  const scale = (height * (1 - margins.top - margins.bottom)) / (bottom - top);
  const width = Math.ceil(scale * (right - left) + height * (margins.left + margins.right));
  const [e, f] = [height * margins.left - scale * left, height * margins.top - scale * top];
  return { width, height, size: MEASURE * scale, matrix: [a, b, c, d, e, f] };
}

function inkBox(text: string, style: Style): { left: number; right: number; top: number; bottom: number } {
  const context = createCanvas(1, 1).getContext("2d");
  setFont(context, style, MEASURE);
  const measured = context.measureText(text);
  return {
    left: -measured.actualBoundingBoxLeft,
    right: measured.actualBoundingBoxRight,
    top: -Math.max(measured.actualBoundingBoxAscent, CAPITAL * MEASURE),
    bottom: Math.max(measured.actualBoundingBoxDescent, 0),
  };
}

function setFont(context: SKRSContext2D, style: Style, size: number): void {
  context.font = `${size}px "${style.font.family}"`;
  context.letterSpacing = `${size * style.spacing}px`;
}

function paintGround(context: SKRSContext2D, place: Place, style: Style, random: Random): void {
  context.fillStyle = css(style.ground);
  context.fillRect(0, 0, place.width, place.height);
  const { gradient, texture, height } = style;
  if (gradient.amount === 0 && texture.amount === 0) return;
  change(context, place, (pixels) => {
    if (gradient.amount > 0) addGradient(pixels, gradient.amount, gradient.direction);
    if (texture.amount > 0) addTexture(pixels, texture.amount, Math.max(1, texture.patch * height), random);
  });
}

function drawInk(context: SKRSContext2D, text: string, style: Style, place: Place): void {
  context.setTransform(...place.matrix);
  setFont(context, style, place.size);
  context.fillStyle = css(style.ink);
  context.fillText(text, 0, 0);
  context.resetTransform();
}

function change(context: SKRSContext2D, { width, height }: Place, apply: (pixels: Pixels) => void): void {
  const image = context.getImageData(0, 0, width, height);
  apply({ width, height, data: image.data });
  context.putImageData(image, 0, 0);
}

function encode(canvas: Canvas, style: Style): Promise<Uint8Array> {
  return style.format === "jpg" ? canvas.encode("jpeg", style.quality) : canvas.encode("png");
}

const css = ([red, green, blue]: Rgb): string => `rgb(${red}, ${green}, ${blue})`;
