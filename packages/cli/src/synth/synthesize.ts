import { Random } from "@retort/tensor";
import { missingFrom } from "./fonts.js";
import { type Plan, planSynth, type SynthOptions } from "./options.js";
import { renderText, type SynthImage } from "./render.js";
import { drawStyle } from "./style.js";
import { splitTexts } from "./texts.js";

/** A picture of a line of text, and the text. */
export interface SynthSample {
  readonly image: SynthImage;
  readonly text: string;
  /** The name of the font that it is drawn with. */
  readonly font: string;
}

/** The texts of a data set and a way to draw them. */
export interface SynthSet {
  readonly train: readonly string[];
  readonly val: readonly string[];
  /** Draws the text with this number in its part; the same number always gives the same pixels. */
  draw(part: "train" | "val", index: number): Promise<SynthSample>;
}

/**
 * Draws `count` labelled pictures of text lines.
 *
 * ```ts
 * for await (const { image, text } of synthesize({ alphabet: "0123456789", count: 10, seed: 1 })) show(image.bytes, text);
 * ```
 *
 * @throws Error as {@link planSynth} and {@link splitTexts} do.
 */
export async function* synthesize(options: SynthOptions): AsyncGenerator<SynthSample> {
  const set = prepare(planSynth(options));
  for (let i = 0; i < set.train.length; i++) yield await set.draw("train", i);
}

/** Draws the texts of both parts. Each picture has random numbers of its own, so that its neighbours do not matter. */
export function prepare(plan: Plan): SynthSet {
  const random = new Random(plan.seed);
  const texts = splitTexts(
    plan.source,
    { train: plan.count, val: plan.val, exclude: plan.exclude },
    random.split("texts"),
  );
  const draw: SynthSet["draw"] = async (part, index) => {
    const text = texts[part][index];
    const own = random.split(part, index);
    const fonts = plan.style.fonts.filter((font) => missingFrom(font, text).length === 0);
    const style = drawStyle({ ...plan.style, fonts }, own);
    return { image: await renderText(text, style, own), text, font: style.font.name };
  };
  return { ...texts, draw };
}
