import { normalizedEditDistance } from "./edit-distance.js";
import type { Metric } from "./metric.js";

export interface RecMetricOptions {
  /** Spaces are removed from both texts before they are compared; the default, as in the reference. */
  ignoreSpace?: boolean;
  /** Only digits and Latin letters are compared, in lower case. */
  isFilter?: boolean;
  /** Unusable samples count as wrong (the default). Without it they are left out, as in the reference. */
  countUnusable?: boolean;
}

const epsilon = 1e-5;

/**
 * Accuracy of text recognition, after PaddleOCR's `RecMetric`. `acc` is the share of texts read exactly;
 * `norm_edit_dis` is 1 minus the mean of edit distance / length of the longer text. Both are divided by n + 1e-5, as in
 * the reference. If unusable samples were counted as wrong, `acc_usable` is the accuracy without them.
 */
export class RecMetric implements Metric<{ text: string }, { text: string }> {
  private readonly ignoreSpace: boolean;
  private readonly isFilter: boolean;
  private readonly countUnusable: boolean;
  private correct = 0;
  private compared = 0;
  private unusable = 0;
  private distance = 0;

  constructor(options: RecMetricOptions = {}) {
    this.ignoreSpace = options.ignoreSpace ?? true;
    this.isFilter = options.isFilter ?? false;
    this.countUnusable = options.countUnusable ?? true;
  }

  add(predictions: readonly { text: string }[], targets: readonly { text: string }[]): void {
    if (predictions.length !== targets.length) {
      throw new Error(`RecMetric: ${predictions.length} predictions for ${targets.length} targets`);
    }
    predictions.forEach((prediction, i) => {
      const read = this.prepared(prediction.text);
      const target = this.prepared(targets[i].text);
      this.distance += normalizedEditDistance(read, target);
      if (read === target) this.correct++;
      this.compared++;
    });
  }

  addUnusable(count: number): void {
    if (this.countUnusable) this.unusable += count;
  }

  result(): Record<string, number> {
    const all = this.compared + this.unusable;
    const values: Record<string, number> = {
      acc: this.correct / (all + epsilon),
      norm_edit_dis: 1 - (this.distance + this.unusable) / (all + epsilon),
    };
    if (this.unusable > 0) values.acc_usable = this.correct / (this.compared + epsilon);
    return values;
  }

  reset(): void {
    this.correct = 0;
    this.compared = 0;
    this.unusable = 0;
    this.distance = 0;
  }

  counts(): number[] {
    return [this.correct, this.compared, this.unusable, this.distance];
  }

  setCounts([correct, compared, unusable, distance]: readonly number[]): void {
    this.correct = correct;
    this.compared = compared;
    this.unusable = unusable;
    this.distance = distance;
  }

  private prepared(text: string): string {
    const spaced = this.ignoreSpace ? text.replaceAll(" ", "") : text;
    return this.isFilter ? spaced.replace(/[^0-9A-Za-z]/g, "").toLowerCase() : spaced;
  }
}
