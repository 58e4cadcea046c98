import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { SampleView } from "@retort/distill";
import { putPixels } from "./pixels.js";
import { builtInFonts } from "./synth/fonts.js";

/** The widest sheet in pixels, unless one picture is wider. */
const widest = 1600;
const gap = 8;
const fontSize = 14;
const captionHeight = fontSize + 6;

/**
 * Draws samples side by side, each pixel as the network sees it, with number and text below, and returns the sheet as a
 * PNG file. Characters that no font of this machine has are drawn as boxes.
 */
export async function contactSheet(samples: readonly SampleView[]): Promise<Uint8Array> {
  const cellWidth = gap + Math.max(1, ...samples.map(({ width }) => width));
  const cellHeight = gap + captionHeight + Math.max(1, ...samples.map(({ height }) => height));
  const columns = Math.max(1, Math.floor((widest - gap) / cellWidth));
  const rows = Math.ceil(samples.length / columns);
  const canvas = createCanvas(gap + Math.min(columns, samples.length) * cellWidth, gap + rows * cellHeight);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "black";
  context.textBaseline = "top";
  context.font = `${fontSize}px "${builtInFonts()[0].family}", sans-serif`;
  samples.forEach((sample, i) => {
    const [x, y] = [gap + (i % columns) * cellWidth, gap + Math.floor(i / columns) * cellHeight];
    putPixels(context, { ...sample, data: sample.pixels }, [x, y]);
    context.fillText(`${i + 1}  ${sample.text}`, x, y + sample.height + 3, cellWidth - gap);
  });
  return encoded(canvas);
}

async function encoded(canvas: Canvas): Promise<Uint8Array> {
  return canvas.encode("png");
}
