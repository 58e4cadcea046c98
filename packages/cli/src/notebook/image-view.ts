import { readFile } from "node:fs/promises";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { ImageBoxes, ImageReading } from "@retort/distill";
import { type BytePicture, decodePicture } from "@retort/ocr-models/data";
import { drawOutline } from "../outline.js";
import { putPixels } from "../pixels.js";
import { type Html, html } from "../report/html.js";

/** A picture of a page is drawn at most so wide or high. */
const longest = 720;

function drawn(picture: BytePicture, most: number, draw?: (canvas: Canvas, scale: number) => void): string {
  const { width, height } = picture;
  const whole = createCanvas(width, height);
  putPixels(whole.getContext("2d"), picture, [0, 0], "bgr");
  const scale = Math.min(1, most / Math.max(width, height));
  const canvas = createCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
  draw?.(canvas, scale);
  return canvas.toDataURL("image/png");
}

/** A picture of a line with what each network reads in it, as HTML. @throws Error naming the image that cannot be read */
export async function readingView({ image, readings }: ImageReading): Promise<Html> {
  const address = drawn(await decodePicture(await readFile(image)), longest);
  const rows = Object.entries(readings).map(
    ([name, { text, confidence }]) =>
      html`<tr><td>${name === "" ? "read" : name}</td><td><code>${text}</code></td><td>${confidence.toFixed(3)}</td></tr>`,
  );
  return html`<div><img src="${address}" alt="${image}"><table>${rows}</table></div>`;
}

/**
 * A picture of a page with the boxes that each network found, and with what was read in them, as HTML.
 * @throws Error naming the image that cannot be read
 */
export async function boxesView({ image, boxes }: ImageBoxes): Promise<Html> {
  const picture = await decodePicture(await readFile(image));
  const parts = Object.entries(boxes).map(([name, found]) => {
    const address = drawn(picture, longest, (canvas, scale) => {
      const context = canvas.getContext("2d");
      context.lineWidth = 2;
      for (const { points } of found) drawOutline(context, points, "rgb(255, 0, 0)", { scale });
    });
    const texts = found
      .map(({ readings }) => Object.values(readings ?? {})[0]?.text)
      .filter((text) => text !== undefined);
    const list = texts.length > 0 && html`<ol>${texts.map((text) => html`<li><code>${text}</code></li>`)}</ol>`;
    return html`<figure style="display:inline-block;margin:0 1em 0 0"><img src="${address}" alt="${image}">
<figcaption>${name === "" ? "found" : name}: ${found.length} boxes</figcaption>${list}</figure>`;
  });
  return html`<div>${parts}</div>`;
}
