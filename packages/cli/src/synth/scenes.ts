import { Random } from "@retort/tensor";
import type { SynthImage } from "./canvas.js";
import { missingFrom } from "./fonts.js";
import { type Plan, planSynth, type SynthOptions } from "./options.js";
import { type Corner, type Line, placeLines } from "./place-lines.js";
import { renderScene } from "./render-scene.js";
import { drawScene, type SceneRange } from "./scene-style.js";
import type { SynthSet } from "./synthesize.js";
import { drawOutside } from "./texts.js";

/** A text in a picture, as a label file of detection has it. */
export interface SynthRegion {
  /** The text, or "###" where it is too small to be read. */
  readonly transcription: string;
  /** Its top left, top right, bottom right and bottom left, in whole pixels. */
  readonly points: readonly Corner[];
}

/** A picture with several texts. */
export interface SynthScene {
  readonly image: SynthImage;
  readonly regions: readonly SynthRegion[];
  /** The names of the fonts that it is drawn with. */
  readonly fonts: readonly string[];
}

/** What label files of detection write for a text that cannot be read. */
const unreadable = "###";

/** How often a picture is drawn anew in which no text that can be read found room. */
const tries = 100;

/**
 * Draws `count` pictures with several texts each, and where they are.
 *
 * @throws Error as `planSynth` does, and where no text fits into a picture.
 */
export async function* synthesizeScenes(options: Omit<SynthOptions, "task">): AsyncGenerator<SynthScene> {
  const set = prepareScenes(planSynth({ ...options, task: "det" }));
  for (let i = 0; i < set.train; i++) yield await set.draw("train", i);
}

/** The pictures of both parts. Each has random numbers of its own, so that its neighbours do not matter. */
export function prepareScenes(plan: Plan): SynthSet<SynthScene> {
  const random = new Random(plan.seed).split("scenes");
  const { scene } = plan;
  if (scene === undefined) throw new Error("the plan is one of single lines");
  return {
    train: plan.count,
    val: plan.val,
    draw: (part, index) => drawOne(plan, scene, random.split(part, index)),
  };
}

async function drawOne(plan: Plan, range: SceneRange, random: Random): Promise<SynthScene> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const own = random.split("attempt", attempt);
    const scene = drawScene(plan.style, range, own.split("style"));
    const [least, most] = range.lines;
    const texts = own.split("texts");
    const lines = Array.from({ length: least + texts.integer(most - least + 1) }, (_, i): Line => {
      const text = drawOutside(plan.source, plan.exclude, texts, "texts");
      const fonts = plan.style.fonts.filter((font) => missingFrom(font, text).length === 0);
      return { text, look: scene.line(i, fonts) };
    });
    const placed = placeLines(lines, scene, own.split("places"));
    if (placed.every(({ look }) => look.unreadable)) continue;
    return {
      image: await renderScene(placed, scene, own),
      regions: placed.map(({ text, look, corners }) => ({
        transcription: look.unreadable ? unreadable : text,
        points: corners.map(([x, y]): Corner => [Math.round(x), Math.round(y)]),
      })),
      fonts: [...new Set(placed.map(({ look }) => look.style.font.name))],
    };
  }
  throw new Error("no text fits into a picture: make pictures larger, or texts shorter or lower");
}
