// What other processes print, for scripts that time them.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a command prints. @throws Error with what it says on standard error when it does not end with 0 */
export function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}

/** The seconds that a script prints, and its peak if it prints one. */
export function printedBy(command, args) {
  const printed = output(command, args.map(String));
  const [, seconds] = /\bstep ([\d.]+)\s*s\b/.exec(printed) ?? [];
  if (seconds === undefined) {
    throw new Error(`${args[0]}: expected "step SECONDSs" in its output, found ${JSON.stringify(printed)}`);
  }
  const [, peak] = /^peak (\d+)$/m.exec(printed) ?? [];
  return { seconds: Number(seconds), peak: peak && Number(peak) };
}

const bin = fileURLToPath(new URL("../packages/cli/bin/retort.js", import.meta.url));

/** What `retort bench` reports, by its arguments and its options with their values. */
export function retortBench(args, options) {
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return JSON.parse(output(process.execPath, [bin, "bench", ...args, ...flags, "--json"].map(String)));
}
