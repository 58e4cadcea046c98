import { type TextStream, writeLine } from "./terminal.js";

/** A line of progress that rewrites itself on a terminal and is written now and then elsewhere. */
export interface ProgressLine {
  /** Shows how far the work is, 0 to 1, with text before and after the bar. */
  update(done: number, before: string, after: string): void;
  /** Writes a lasting line above the progress. */
  note(text: string): void;
  /** Ends the line and leaves it standing. */
  stop(): void;
}

const BAR = 20;
const PLAIN_SECONDS = 10;
const LIVE_MILLISECONDS = 100;
// To the line's beginning, and clear it.
const CLEAR = "\r\u001b[K";

/** The progress line that suits a stream: live on a terminal, else a plain line at most every ten seconds. */
export function progressLine(stream: TextStream, now: () => number = performance.now.bind(performance)): ProgressLine {
  return stream.isTTY ? liveLine(stream, now) : plainLine(stream, now);
}

/** A bar of twenty cells. */
export function bar(done: number): string {
  const full = Math.round(BAR * Math.max(0, Math.min(1, done)));
  return "█".repeat(full) + "░".repeat(BAR - full);
}

function liveLine(stream: TextStream, now: () => number): ProgressLine {
  let text = "";
  let drawn = Number.NEGATIVE_INFINITY;
  const draw = (): void => {
    stream.write(`${CLEAR}${[...text].slice(0, (stream.columns ?? 80) - 1).join("")}`);
    drawn = now();
  };
  return {
    update(done, before, after) {
      text = `${before} ${bar(done)}  ${after}`;
      if (now() - drawn >= LIVE_MILLISECONDS) draw();
    },
    note(lasting) {
      writeLine(stream, `${text === "" ? "" : CLEAR}${lasting}`);
      if (text !== "") draw();
    },
    stop() {
      if (text === "") return;
      draw();
      writeLine(stream);
      text = "";
    },
  };
}

function plainLine(stream: TextStream, now: () => number): ProgressLine {
  let written = Number.NEGATIVE_INFINITY;
  let last = "";
  const write = (): void => {
    if (last !== "") writeLine(stream, last);
    last = "";
    written = now();
  };
  return {
    update(done, before, after) {
      last = `${before} ${String(Math.floor(100 * done)).padStart(3)}%  ${after}`;
      if (now() - written >= 1000 * PLAIN_SECONDS) write();
    },
    note(lasting) {
      writeLine(stream, lasting);
    },
    stop: write,
  };
}
