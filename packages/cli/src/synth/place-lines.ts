import type { Random } from "@retort/tensor";
import { cornersOf, inkBox, type Matrix, measure, turned } from "./ink.js";
import type { LineStyle, SceneStyle } from "./scene-style.js";

/** A corner of a region: x and y in pixels. */
export type Corner = readonly [x: number, y: number];

/** A text with its place in a picture. */
export interface PlacedLine {
  readonly text: string;
  readonly look: LineStyle;
  /** Font size in pixels. */
  readonly size: number;
  /** Matrix from text coordinates (baseline's start at 0, 0) to the picture. */
  readonly matrix: Matrix;
  /** Around the ink: the text's top left, top right, bottom right, bottom left. */
  readonly corners: readonly Corner[];
}

/** A text with its look. */
export interface Line {
  readonly text: string;
  readonly look: LineStyle;
}

/** Room between texts, and to the edge of the picture, in pixels. */
const gap = 4;

/** How often a place is drawn for a text. */
const tries = 30;

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Places texts in a picture so that the upright boxes around them do not touch: in rows where it is a page,
 * anywhere otherwise. Texts that find no room are left out.
 */
export function placeLines(lines: readonly Line[], scene: SceneStyle, random: Random): PlacedLine[] {
  const placed: PlacedLine[] = [];
  const taken: Bounds[] = [];
  let rowTop = gap + (scene.page ? 0.5 * scene.height * random.uniform() : 0);
  for (const line of lines) {
    const free = unplaced(line);
    const bounds = boundsOf(free.corners);
    const [width, height] = [bounds.right - bounds.left, bounds.bottom - bounds.top];
    const room = { x: scene.width - width - 2 * gap, y: scene.height - height - 2 * gap };
    if (room.x < 0 || room.y < 0) continue;
    for (let i = 0; i < tries; i++) {
      const left = gap + room.x * random.uniform();
      const top = scene.page ? rowTop + height * random.uniform() : gap + room.y * random.uniform();
      const found = { left, top, right: left + width, bottom: top + height };
      if (found.bottom > scene.height - gap || taken.some((other) => touch(found, other))) continue;
      placed.push(moved(free, left - bounds.left, top - bounds.top));
      taken.push(found);
      // The next text stands beside this one, or below.
      if (random.uniform() < 0.6) rowTop = found.bottom;
      break;
    }
  }
  return placed;
}

/** A text whose baseline starts at the origin, as high as its style says. */
function unplaced({ text, look }: Line): PlacedLine {
  const box = inkBox(text, look.style);
  const scale = look.style.height / (box.bottom - box.top);
  const linear = turned(look.angle, look.style.skew);
  const scaled = { left: box.left * scale, right: box.right * scale, top: box.top * scale, bottom: box.bottom * scale };
  const matrix: Matrix = [...linear, 0, 0];
  return { text, look, size: measure * scale, matrix, corners: cornersOf(scaled, matrix) };
}

function moved(line: PlacedLine, dx: number, dy: number): PlacedLine {
  const [a, b, c, d, e, f] = line.matrix;
  return {
    ...line,
    matrix: [a, b, c, d, e + dx, f + dy],
    corners: line.corners.map(([x, y]): Corner => [x + dx, y + dy]),
  };
}

function boundsOf(corners: readonly Corner[]): Bounds {
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function touch(a: Bounds, b: Bounds): boolean {
  return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap && b.top < a.bottom + gap;
}
