import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { SampleView } from "@retort/distill";
import { drawOutline } from "./outline.js";
import { putPixels } from "./pixels.js";
import { builtInFonts } from "./synth/fonts.js";

/** The widest sheet in pixels, unless one picture is wider. */
const widest = 1600;
const gap = 8;
const fontSize = 14;
const captionHeight = fontSize + 6;

/** The longest side of a sample of detection on the sheet. */
const longest = 400;
const lineWidth = 2;

/**
 * Draws samples side by side, each pixel as the network sees it, with number and text below, and returns the sheet as a
 * PNG file. Samples of detection are made smaller, and have their regions outlined and their maps beside them. Characters
 * that no font of this machine has are drawn as boxes.
 */
export async function contactSheet(samples: readonly SampleView[]): Promise<Uint8Array> {
  const pictures = samples.map(drawSample);
  const cellWidth = gap + Math.max(1, ...pictures.map(({ width }) => width));
  const cellHeight = gap + captionHeight + Math.max(1, ...pictures.map(({ height }) => height));
  const columns = Math.max(1, Math.floor((widest - gap) / cellWidth));
  const rows = Math.ceil(samples.length / columns);
  const canvas = createCanvas(gap + Math.min(columns, samples.length) * cellWidth, gap + rows * cellHeight);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "black";
  context.textBaseline = "top";
  context.font = `${fontSize}px "${builtInFonts()[0].family}", sans-serif`;
  pictures.forEach((picture, i) => {
    const [x, y] = [gap + (i % columns) * cellWidth, gap + Math.floor(i / columns) * cellHeight];
    context.drawImage(picture, x, y);
    context.fillText(`${i + 1}  ${samples[i].text}`, x, y + picture.height + 3, cellWidth - gap);
  });
  return canvas.encode("png");
}

function drawSample({ detection, pixels, width, height }: SampleView): Canvas {
  const picture = drawPixels(pixels, width, height);
  if (detection === undefined) return picture;
  const scale = Math.min(1, longest / Math.max(width, height));
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  const maps = detection.maps && drawPixels(detection.maps, width, height);
  const canvas = createCanvas(maps === undefined ? w : 2 * w + gap, h);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, w, h);
  context.lineWidth = lineWidth;
  for (const { points, ignore } of detection.regions) drawOutline(context, points, ignore ? "red" : "lime", { scale });
  if (maps !== undefined) context.drawImage(maps, w + gap, 0, w, h);
  return canvas;
}

function drawPixels(data: Uint8Array, width: number, height: number): Canvas {
  const canvas = createCanvas(width, height);
  putPixels(canvas.getContext("2d"), { data, width, height }, [0, 0]);
  return canvas;
}
