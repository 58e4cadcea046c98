/** What notebooks show of Retort's objects. */
import { Variable } from "@retort/autograd";
import type { ImageBoxes, ImageReading, TrainingHistory, TrainReport } from "@retort/distill";
import { Tensor } from "@retort/tensor";
import type { Html } from "../report/html.js";
import { historyView } from "./history-view.js";
import { boxesView, readingView } from "./image-view.js";
import { tensorView } from "./tensor-view.js";

/** The part of a notebook's display that is needed: tslab's `display` has it. */
export interface Display {
  html(text: string): void;
}

/** What can be shown: a tensor, how a training went, a line with its readings, a page with its boxes. */
export type Showable = Tensor | Variable | TrainingHistory | readonly TrainReport[] | ImageReading | ImageBoxes;

/** An object as HTML. @throws Error naming the image that cannot be read, or what is none of those objects */
export async function htmlOf(value: Showable): Promise<string> {
  return (await viewOf(value)).text;
}

async function viewOf(value: Showable): Promise<Html> {
  if (value instanceof Tensor || value instanceof Variable) return tensorView(value);
  if (Array.isArray(value) || "steps" in value) return historyView(value as TrainingHistory);
  if ("boxes" in value) return boxesView(value as ImageBoxes);
  if ("readings" in value) return readingView(value as ImageReading);
  throw new Error(`there is no picture of ${String(value)}: expected a tensor, a history, a reading or boxes`);
}

/** Shows objects in a notebook: `const show = shower(display)`, with tslab's `display`; then `await show(tensor)`. */
export function shower(display: Display): (value: Showable) => Promise<void> {
  return async (value) => display.html(await htmlOf(value));
}
