import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import type { Random } from "@retort/tensor";
import { css } from "./ink.js";
import { addGradient, addNoise, addTexture, blur, type Pixels } from "./pixels.js";
import type { Style } from "./style.js";

/** An encoded picture. */
export interface SynthImage {
  readonly width: number;
  readonly height: number;
  readonly format: "jpg" | "png";
  /** The file's bytes. */
  readonly bytes: Uint8Array;
}

/** A picture of a style's background, which `draw` draws on; blur and noise come over all of it. */
export async function paint(
  width: number,
  height: number,
  style: Style,
  random: Random,
  draw: (context: SKRSContext2D) => void,
): Promise<SynthImage> {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  const change = (apply: (pixels: Pixels) => void): void => {
    const image = context.getImageData(0, 0, width, height);
    apply({ width, height, data: image.data });
    context.putImageData(image, 0, 0);
  };
  context.fillStyle = css(style.ground);
  context.fillRect(0, 0, width, height);
  if (style.gradient.amount > 0 || style.texture.amount > 0) change((pixels) => roughen(pixels, style, random));
  draw(context);
  if (style.blur > 0) change((pixels) => blur(pixels, style.blur));
  if (style.noise > 0) change((pixels) => addNoise(pixels, style.noise, random));
  return { width, height, format: style.format, bytes: await encode(canvas, style) };
}

function roughen(pixels: Pixels, { gradient, texture, height }: Style, random: Random): void {
  if (gradient.amount > 0) addGradient(pixels, gradient.amount, gradient.direction);
  if (texture.amount > 0) addTexture(pixels, texture.amount, Math.max(1, texture.patch * height), random);
}

function encode(canvas: Canvas, style: Style): Promise<Uint8Array> {
  return style.format === "jpg" ? canvas.encode("jpeg", style.quality) : canvas.encode("png");
}
