import type { FoundBox, ImageBoxes } from "@retort/distill";
import { readingCell } from "./reading-table.js";
import { table } from "./table.js";

/**
 * A table of boxes, a line each: the image, the network that found it where there are several, left, top, width and
 * height of the upright rectangle around it, its score, and what each network of a recogniser reads there.
 */
export function boxTable(images: readonly ImageBoxes[]): string {
  const finders = new Set(images.flatMap(({ boxes }) => Object.keys(boxes)));
  const found = images.flatMap(({ boxes }) => Object.values(boxes).flat());
  const readers = [...new Set(found.flatMap(({ readings }) => Object.keys(readings ?? {})))];
  const named = finders.size > 1;
  const start = (image: string, network: string): string[] => (named ? [image, network] : [image]);
  const head = [...start("image", "network"), "box", "score", ...readers.map((name) => name || "text")];
  const body = images.flatMap(({ image, boxes }) =>
    Object.entries(boxes).flatMap(([network, all]) => {
      if (all.length === 0) return [[...start(image, network), "(nothing)", "", ...readers.map(() => "")]];
      return all.map((box) => [...start(image, network), place(box), box.score.toFixed(2), ...cells(box, readers)]);
    }),
  );
  return table([head, ...body]);
}

const cells = ({ readings = {} }: FoundBox, readers: readonly string[]): string[] =>
  readers.map((name) => readingCell(readings[name]));

/** `12,30 200x24` */
function place({ points }: FoundBox): string {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return `${left},${top} ${Math.max(...xs) - left}x${Math.max(...ys) - top}`;
}
