import type { SKRSContext2D } from "@napi-rs/canvas";
import type { Random } from "@retort/tensor";
import { paint, type SynthImage } from "./canvas.js";
import { css, drawText } from "./ink.js";
import type { Corner, PlacedLine } from "./place-lines.js";
import type { SceneStyle } from "./scene-style.js";

/** Most shapes without text in a scene. */
const mostShapes = 6;

/** How much of the background's contrast a shape has. */
const shapeContrast = 0.3;

/** A sign is larger than its text by this part of the text's height. */
const signMargin = 0.2;

/** Draws a picture: its background, in scenes shapes that are no text, and the texts with their signs. */
export async function renderScene(
  lines: readonly PlacedLine[],
  scene: SceneStyle,
  random: Random,
): Promise<SynthImage> {
  const { width, height, ground, page } = scene;
  return paint(width, height, ground, random.split("ground"), (context) => {
    if (!page) drawShapes(context, scene, random.split("shapes"));
    for (const line of lines) drawSign(context, line);
    for (const { text, look, size, matrix } of lines) drawText(context, text, look.style, look.ink, { size, matrix });
  });
}

/** Bars and ellipses of colours between background and ink. */
function drawShapes(context: SKRSContext2D, { width, height, ground }: SceneStyle, random: Random): void {
  const count = random.integer(mostShapes + 1);
  for (let i = 0; i < count; i++) {
    const share = shapeContrast * random.uniform();
    const [red, green, blue] = ground.ground.map((level, c) => Math.round(level + share * (ground.ink[c] - level)));
    context.fillStyle = css([red, green, blue]);
    context.translate(width * random.uniform(), height * random.uniform());
    context.rotate(Math.PI * random.uniform());
    const [w, h] = [width * 0.4 * random.uniform(), height * 0.3 * random.uniform()];
    if (random.integer(2) === 0) context.fillRect(-w / 2, -h / 2, w, h);
    else {
      context.beginPath();
      context.ellipse(0, 0, w / 2, h / 2, 0, 0, 2 * Math.PI);
      context.fill();
    }
    context.resetTransform();
  }
}

function drawSign(context: SKRSContext2D, { look, corners }: PlacedLine): void {
  if (look.sign === undefined) return;
  context.fillStyle = css(look.sign);
  context.beginPath();
  for (const [x, y] of grown(corners, signMargin * look.style.height)) context.lineTo(x, y);
  context.closePath();
  context.fill();
}

/** A box whose edges have moved outwards by `margin` pixels along its sides. */
function grown([topLeft, topRight, bottomRight, bottomLeft]: readonly Corner[], margin: number): Corner[] {
  const along = unit(topLeft, topRight);
  const down = unit(topLeft, bottomLeft);
  const move = ([x, y]: Corner, right: 1 | -1, below: 1 | -1): Corner => [
    x + margin * (right * along[0] + below * down[0]),
    y + margin * (right * along[1] + below * down[1]),
  ];
  return [move(topLeft, -1, -1), move(topRight, 1, -1), move(bottomRight, 1, 1), move(bottomLeft, -1, 1)];
}

function unit([ax, ay]: Corner, [bx, by]: Corner): Corner {
  const length = Math.hypot(bx - ax, by - ay);
  return [(bx - ax) / length, (by - ay) / length];
}
