import { createCanvas } from "@napi-rs/canvas";
import type { ReviewedPage, ShownPicture } from "@retort/distill";
import { drawOutline } from "../outline.js";
import { putPixels } from "../pixels.js";

const dataUri = (type: string, bytes: Uint8Array): string =>
  `data:image/${type};base64,${Buffer.from(bytes).toString("base64")}`;

/** A picture as the address of an image, with every pixel as it is. */
export async function linePicture(picture: ShownPicture): Promise<string> {
  const { width, height, pixels } = picture;
  const canvas = createCanvas(width, height);
  putPixels(canvas.getContext("2d"), { data: pixels, width, height }, [0, 0]);
  return dataUri("png", await canvas.encode("png"));
}

/** The longest side of a picture of a page. */
const longest = 720;

/** What the outlines on a picture of a page mean. */
export const outlineColours = { wanted: "#18a558", ignored: "#8a93a5", found: "#f0622b" } as const;

/** A page as the address of an image: regions of the labels, and over them what one network found. */
export async function pagePicture({ picture, regions, boxes }: ReviewedPage, network: string): Promise<string> {
  const { width, height, pixels } = picture;
  const whole = createCanvas(width, height);
  putPixels(whole.getContext("2d"), { data: pixels, width, height }, [0, 0]);
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = createCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = canvas.getContext("2d");
  context.drawImage(whole, 0, 0, canvas.width, canvas.height);
  context.lineWidth = 3;
  for (const { points, ignore } of regions) {
    drawOutline(context, points, ignore ? outlineColours.ignored : outlineColours.wanted, { scale });
  }
  context.lineWidth = 1.5;
  for (const { points } of boxes[network] ?? []) drawOutline(context, points, outlineColours.found, { scale });
  return dataUri("jpeg", await canvas.encode("jpeg", 82));
}
