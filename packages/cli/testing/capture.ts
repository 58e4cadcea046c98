import type { Terminal } from "../src/terminal.js";

/** A terminal that keeps what is written to it, for tests. */
export function capture(): { terminal: Terminal; out: () => string; err: () => string; interrupt: () => void } {
  const written = { out: "", err: "" };
  const stop = new AbortController();
  const stream = (name: "out" | "err"): Terminal["out"] => ({ write: (text) => (written[name] += text) });
  return {
    terminal: { out: stream("out"), err: stream("err"), signal: stop.signal },
    out: () => written.out,
    err: () => written.err,
    interrupt: () => stop.abort(),
  };
}
