import { SingleBar } from "cli-progress";
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

/** The progress line that suits a stream: live on a terminal, else a plain line at most every ten seconds. */
export function progressLine(stream: TextStream, now: () => number = performance.now.bind(performance)): ProgressLine {
  return stream.isTTY ? liveLine(stream) : plainLine(stream, now);
}

/** A bar of twenty cells. */
export function bar(done: number): string {
  const full = Math.round(BAR * Math.max(0, Math.min(1, done)));
  return "█".repeat(full) + "░".repeat(BAR - full);
}

function liveLine(stream: TextStream): ProgressLine {
  let text = "";
  const line = new SingleBar({
    stream: stream as NodeJS.WritableStream,
    format: () => text,
    fps: 10,
    hideCursor: true,
    linewrap: false,
    gracefulExit: false,
  });
  let started = false;
  return {
    update(done, before, after) {
      text = `${before} ${bar(done)}  ${after}`;
      if (!started) line.start(1, 0);
      started = true;
      line.update(Math.min(1, done));
    },
    note(lasting) {
      if (started) stream.write("\r\u001b[K");
      writeLine(stream, lasting);
      if (started) line.render();
    },
    stop() {
      if (started) line.stop();
      started = false;
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
