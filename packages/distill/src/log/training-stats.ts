import { median } from "../median.js";
import { roundHalfEven } from "./round.js";

/**
 * The last values of everything that is logged, each smoothed by the median over a window (reference:
 * `ppocr/utils/stats.py TrainingStats`). Names come out in the order in which they were first seen, `lr` before all.
 */
export class TrainingStats {
  private readonly windows = new Map<string, number[]>([["lr", []]]);
  private readonly window: number;

  /** `window` is Global.log_smooth_window: how many last values count. */
  constructor(window: number) {
    this.window = window;
  }

  /** Adds one value to each name's window. */
  update(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      const kept = this.windows.get(name) ?? [];
      kept.push(value);
      if (kept.length > this.window) kept.shift();
      this.windows.set(name, kept);
    }
  }

  /** The median of each window, rounded to six decimals; names without a value are left out. */
  medians(): Record<string, number> {
    const filled = [...this.windows].filter(([, values]) => values.length > 0);
    return Object.fromEntries(filled.map(([name, values]) => [name, Number(roundHalfEven(median(values)))]));
  }
}
