import { checkOptions, numbers, type Options, oneOf } from "./options.js";
import { channels } from "./picture.js";
import { pictureOf, type Transform, withFields } from "./sample.js";

/**
 * `NormalizeImage` with `order: hwc`: (x * scale - mean) / std in float32, by channel as the pixels lie (the reference
 * applies its constants to BGR pixels in the order in which they stand). `scale` is a number or text such as "1./255.".
 */
export function normalizeImage(options: Options): Transform {
  checkOptions("NormalizeImage", options, ["scale", "mean", "std", "order"]);
  oneOf("NormalizeImage", options, "order", ["hwc"]);
  const scale = Math.fround(readScale(options.scale ?? 1 / 255));
  const mean = numbers("NormalizeImage", options, "mean", [0.485, 0.456, 0.406]).map(Math.fround);
  const std = numbers("NormalizeImage", options, "std", [0.229, 0.224, 0.225]).map(Math.fround);
  for (const [key, list] of Object.entries({ mean, std })) {
    if (list.length !== channels) throw new Error(`NormalizeImage.${key}: expected 3 numbers, found ${list.length}`);
  }
  return (sample) => {
    const { data, height, width } = pictureOf("NormalizeImage", sample);
    const result = new Float32Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const channel = i % channels;
      result[i] = Math.fround(Math.fround(data[i] * scale) - mean[channel]) / std[channel];
    }
    return { ...sample, picture: { data: result, height, width } };
  };
}

/** `ToCHWImage`: the picture as the field `image`, [3, height, width]. */
export function toChwImage(options: Options): Transform {
  checkOptions("ToCHWImage", options, []);
  return (sample) => {
    const { data, height, width } = pictureOf("ToCHWImage", sample);
    const result = new Float32Array(data.length);
    const area = height * width;
    for (let i = 0; i < area; i++) {
      for (let channel = 0; channel < channels; channel++) result[channel * area + i] = data[i * channels + channel];
    }
    return withFields(sample, { image: { data: result, shape: [channels, height, width] } });
  };
}

/** A number, or a text that holds one or a quotient of two. */
function readScale(scale: unknown): number {
  const parts = String(scale).split("/").map(Number);
  const value = parts.length === 2 ? parts[0] / parts[1] : parts[0];
  if (parts.length > 2 || !Number.isFinite(value)) {
    throw new Error(`NormalizeImage.scale: expected a number or a quotient, found ${JSON.stringify(scale)}`);
  }
  return value;
}
