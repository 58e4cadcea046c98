import { Random } from "@retort/tensor";
import type { SynthImage } from "./canvas.js";
import { missingFrom } from "./fonts.js";
import { type Plan, planSynth, type SynthOptions } from "./options.js";
import { renderText } from "./render.js";
import { drawStyle } from "./style.js";
import { splitTexts } from "./texts.js";

/** A picture of a line of text, and the text. */
export interface SynthSample {
  readonly image: SynthImage;
  readonly text: string;
  /** The name of the font that it is drawn with. */
  readonly font: string;
}

/** How many pictures each part of a data set has, and a way to draw them. */
export interface SynthSet<Sample> {
  readonly train: number;
  readonly val: number;
  /** Draws the picture with this number in its part; the same number always gives the same pixels. */
  draw(part: "train" | "val", index: number): Promise<Sample>;
}

/**
 * Draws `count` labelled pictures of text lines.
 *
 * ```ts
 * for await (const { image, text } of synthesize({ alphabet: "0123456789", count: 10, seed: 1 })) show(image.bytes, text);
 * ```
 *
 * @throws Error as `planSynth` and `splitTexts` do.
 */
export async function* synthesize(options: Omit<SynthOptions, "task">): AsyncGenerator<SynthSample> {
  const set = prepare(planSynth({ ...options, task: "rec" }));
  for (let i = 0; i < set.train; i++) yield await set.draw("train", i);
}

/** Draws the texts of both parts. Each picture has random numbers of its own, so that its neighbours do not matter. */
export function prepare(plan: Plan): SynthSet<SynthSample> {
  const random = new Random(plan.seed);
  const texts = splitTexts(
    plan.source,
    { train: plan.count, val: plan.val, exclude: plan.exclude },
    random.split("texts"),
  );
  const draw: SynthSet<SynthSample>["draw"] = async (part, index) => {
    const text = texts[part][index];
    const own = random.split(part, index);
    const fonts = plan.style.fonts.filter((font) => missingFrom(font, text).length === 0);
    const style = drawStyle({ ...plan.style, fonts }, own);
    return { image: await renderText(text, style, own), text, font: style.font.name };
  };
  return { train: texts.train.length, val: texts.val.length, draw };
}
