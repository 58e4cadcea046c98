import type { Random } from "@retort/tensor";
import type { Font } from "./fonts.js";

/** What may vary between images beside text, font and height. */
export const effects = ["colour", "gradient", "texture", "noise", "blur", "rotate", "skew", "spacing", "jpeg"] as const;

/** One of {@link effects}. */
export type Effect = (typeof effects)[number];

/** Red, green, blue, each 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** How one image looks. Lengths are fractions of the image's height unless said otherwise. */
export interface Style {
  readonly font: Font;
  /** Image height in pixels. */
  readonly height: number;
  readonly margins: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly ink: Rgb;
  readonly ground: Rgb;
  /** Radians, clockwise. */
  readonly angle: number;
  /** Horizontal shift per unit of height. */
  readonly skew: number;
  /** Additional space between letters, in em. */
  readonly spacing: number;
  /** Grey levels from the middle of the background to its end, and the direction in radians. */
  readonly gradient: { readonly amount: number; readonly direction: number };
  /** Greatest deviation in grey levels, and the size of its patches. */
  readonly texture: { readonly amount: number; readonly patch: number };
  /** Standard deviation in grey levels. */
  readonly noise: number;
  /** Standard deviation of the Gaussian, in pixels. */
  readonly blur: number;
  readonly format: "jpg" | "png";
  /** JPEG quality, 1 to 100. */
  readonly quality: number;
}

/** From what styles are drawn. */
export interface StyleRange {
  readonly fonts: readonly Font[];
  /** Image height in pixels, least and greatest. */
  readonly height: readonly [min: number, max: number];
  readonly effects: ReadonlySet<Effect>;
  /** Factor on the size of every effect; 1 is ordinary. */
  readonly strength: number;
}

/** Draws a style. Ink and ground differ by 80 grey levels or more, and the background varies by less than that. */
export function drawStyle(range: StyleRange, random: Random): Style {
  const has = (effect: Effect, chance: number): boolean => random.uniform() < chance && range.effects.has(effect);
  const real = (from: number, to: number): number => from + (to - from) * random.uniform();
  const amount = (effect: Effect, chance: number, from: number, to: number): number =>
    has(effect, chance) ? real(from, to) * range.strength : 0;

  const font = range.fonts[random.integer(range.fonts.length)];
  const [least, greatest] = range.height;
  const height = least + random.integer(greatest - least + 1);
  const margins = { left: real(0.05, 0.3), right: real(0.05, 0.3), top: real(0.06, 0.2), bottom: real(0.06, 0.2) };
  const { ink, ground, contrast } = drawColours(range.effects.has("colour"), random);
  const jpeg = has("jpeg", 0.7);
  return {
    font,
    height,
    margins,
    ink,
    ground,
    angle: amount("rotate", 0.5, -0.05, 0.05),
    skew: amount("skew", 0.4, -0.2, 0.25),
    spacing: amount("spacing", 0.4, -0.02, 0.12),
    gradient: { amount: amount("gradient", 0.4, 0.05, 0.25) * contrast, direction: real(0, 2 * Math.PI) },
    texture: { amount: amount("texture", 0.4, 0.08, 0.3) * contrast, patch: real(0.08, 0.6) },
    noise: amount("noise", 0.4, 0.02, 0.1) * contrast,
    blur: amount("blur", 0.35, 0.3, 1) * (height / 40),
    format: jpeg ? "jpg" : "png",
    quality: 50 + random.integer(46),
  };
}

function drawColours(coloured: boolean, random: Random): { ink: Rgb; ground: Rgb; contrast: number } {
  if (!coloured) return { ink: [0, 0, 0], ground: [255, 255, 255], contrast: 255 };
  const contrast = 80 + 160 * random.uniform();
  const darkLevel = (255 - contrast) * random.uniform();
  const dark = tinted(darkLevel, random);
  const light = tinted(darkLevel + contrast, random);
  return random.uniform() < 0.3 ? { ink: light, ground: dark, contrast } : { ink: dark, ground: light, contrast };
}

function tinted(level: number, random: Random): Rgb {
  const tint = [0, 0, 0].map(() => 70 * (random.uniform() - 0.5));
  const luma = 0.299 * tint[0] + 0.587 * tint[1] + 0.114 * tint[2];
  const [red, green, blue] = tint.map((t) => Math.max(0, Math.min(255, Math.round(level + t - luma))));
  return [red, green, blue];
}
