import type { DataConfig } from "../config/schema/data.js";

/** Turns what a network sees of images back into pixels. */
export type ToPixels = (planes: ArrayLike<number>, area: number) => Uint8Array;

/** What RecResizeImg does to levels. */
const ofLines = { scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/**
 * How planes [channel, pixel] that the transforms of a section have made become bytes of red, green and blue, pixel by
 * pixel: what NormalizeImage has done to them, or RecResizeImg, undone.
 */
export function pixelsOf({ dataset }: DataConfig): ToPixels {
  const { transforms } = dataset;
  const { scale, mean, std } = transforms.find((entry) => entry.name === "NormalizeImage") ?? ofLines;
  const bgr = !transforms.some((entry) => entry.name === "DecodeImage" && entry.imgMode === "RGB");
  return (planes, area) => {
    const pixels = new Uint8Array(3 * area);
    for (let i = 0; i < area; i++) {
      for (let channel = 0; channel < 3; channel++) {
        const level = (planes[channel * area + i] * std[channel] + mean[channel]) / scale;
        pixels[3 * i + (bgr ? 2 - channel : channel)] = Math.min(255, Math.max(0, Math.round(level)));
      }
    }
    return pixels;
  };
}
