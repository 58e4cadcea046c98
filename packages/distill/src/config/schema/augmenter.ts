import { z } from "zod";
import { byName, number, type Schema, section } from "./build.js";

/** A change of `IaaAugment`: what imgaug calls it, and its arguments by imgaug's names. */
export interface AugmenterConfig {
  type: string;
  /** A number, or [least, greatest] which one is drawn from. */
  args: Readonly<Record<string, number | readonly [number, number]>>;
}

type Drawn = number | [number, number];

/** A number, or [least, greatest]. */
function drawn(limits: { min?: number; max?: number; above?: number } = {}): Schema<Drawn> {
  const one = number(limits);
  return z
    .union([one, z.tuple([one, one])], { error: "expected a number, or [least, greatest]" })
    .refine((value) => typeof value === "number" || value[0] <= value[1], { error: "the least comes first" });
}

const chance = number({ min: 0, max: 1 }).optional();

/** The arguments of each. */
const kinds = {
  Fliplr: { p: chance },
  Flipud: { p: chance },
  Affine: {
    rotate: drawn().optional(),
    scale: drawn({ above: 0 }).optional(),
    shear: drawn({ min: -89, max: 89 }).optional(),
    translate_percent: drawn().optional(),
  },
  Resize: { size: drawn({ above: 0 }), p: chance },
  GaussianBlur: { sigma: drawn({ min: 0 }), p: chance },
  AdditiveGaussianNoise: { scale: drawn({ min: 0 }), p: chance },
  Multiply: { mul: drawn({ min: 0 }), p: chance },
  LinearContrast: { alpha: drawn({ min: 0 }), p: chance },
} as const;

function toAugmenter(type: string, args: z.ZodRawShape): Schema<AugmenterConfig> {
  // Nothing after `args:` is no arguments.
  const given = z.preprocess((value) => value ?? {}, section(args));
  return section({ type: z.literal(type), args: given }).transform((raw): AugmenterConfig => {
    const named = Object.entries(raw.args as Record<string, Drawn | undefined>);
    return {
      type,
      args: Object.fromEntries(named.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
    };
  });
}

/** What albumentations does where no `p` is given. */
const half = 0.5;

/** A flip by albumentations' name. */
const flip = (type: string, same: "Fliplr" | "Flipud"): Schema<AugmenterConfig> =>
  toAugmenter(type, { p: chance }).transform(({ args }) => ({ type: same, args: { p: args.p ?? half } }));

/** `RandomScale` of albumentations: its limits say how much is added to 1, and one number stands for both signs. */
const randomScale: Schema<AugmenterConfig> = toAugmenter("RandomScale", {
  scale_limit: drawn({ above: -1 }).default(0.1),
  p: chance,
}).transform(({ args: { scale_limit: limit, p } }) => {
  const [least, greatest] = typeof limit === "number" ? [-Math.abs(limit), Math.abs(limit)] : limit;
  return { type: "Resize", args: { size: [1 + least, 1 + greatest], p: p ?? half } };
});

/** Every change that `IaaAugment` can make: imgaug's, and three by the names that albumentations has for them. */
const augmenters: Readonly<Record<string, Schema<AugmenterConfig>>> = {
  ...Object.fromEntries(Object.entries(kinds).map(([type, args]) => [type, toAugmenter(type, args)])),
  HorizontalFlip: flip("HorizontalFlip", "Fliplr"),
  VerticalFlip: flip("VerticalFlip", "Flipud"),
  RandomScale: randomScale,
};

export const augmenter: Schema<AugmenterConfig> = byName("augmenter", augmenters, "type");
