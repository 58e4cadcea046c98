import type { Random } from "@retort/tensor";
import { drawStyle, type Rgb, type Style, type StyleRange } from "./style.js";

/** What pictures with several texts may look like. */
export interface SceneRange {
  /** Width and height of a picture in pixels, least and greatest. */
  readonly side: readonly [min: number, max: number];
  /** How many texts a picture has at most; there may be fewer where there is no room. */
  readonly lines: readonly [min: number, max: number];
  /** Greatest angle of a text, in radians. */
  readonly angle: number;
}

/** How one text of a picture looks. */
export interface LineStyle {
  readonly style: Style;
  readonly ink: Rgb;
  /** The colour of a sign behind the text; without one it stands on the background. */
  readonly sign?: Rgb;
  /** Radians, clockwise. */
  readonly angle: number;
  /** Too small to be read. */
  readonly unreadable: boolean;
}

/** How one picture looks. */
export interface SceneStyle {
  readonly width: number;
  readonly height: number;
  /** Its background. */
  readonly ground: Style;
  /** Texts in rows, all at one angle and of one look (a page); otherwise each by itself (a scene). */
  readonly page: boolean;
  /** The look of the text with this number, drawn with one of these fonts. */
  line(index: number, fonts: StyleRange["fonts"]): LineStyle;
}

const pageShare = 0.5;
const signShare = 0.4;
const unreadableShare = 0.05;

/** Letters of so few pixels cannot be read. */
const unreadableHeight: readonly [number, number] = [5, 7];

/** A page is turned by this part of what a text of a scene is turned by. */
const pageTurn = 0.2;

/** Draws how a picture with several texts looks. Texts without a sign have the ink that stands out of the background. */
export function drawScene(range: StyleRange, { side, angle }: SceneRange, random: Random): SceneStyle {
  const between = ([least, greatest]: readonly [number, number]): number =>
    least + random.integer(greatest - least + 1);
  const [width, height] = [between(side), between(side)];
  const ground = drawStyle(range, random.split("ground"));
  const page = random.uniform() < pageShare;
  const turn = (draws: Random): number => (range.effects.has("rotate") ? (2 * draws.uniform() - 1) * angle : 0);
  const pageAngle = pageTurn * turn(random);
  const line = (index: number, fonts: StyleRange["fonts"]): LineStyle => {
    const own = random.split("line", page ? 0 : index);
    const unreadable = random.split("unreadable", index).uniform() < unreadableShare;
    const heights = unreadable ? unreadableHeight : range.height;
    const style = drawStyle({ ...range, fonts, height: heights }, own.split("style"));
    const hasSign = own.uniform() < signShare && !page;
    return {
      style,
      ink: hasSign ? style.ink : ground.ink,
      sign: hasSign ? style.ground : undefined,
      angle: page ? pageAngle : turn(own),
      unreadable,
    };
  };
  return { width, height, ground, page, line };
}
