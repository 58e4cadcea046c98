import { UsageError } from "../errors.js";

/** Reads `3-5`, or `4` for 4 to 4, as given to an option. */
export function parseRange(text: string, option: string): [number, number] {
  const found = /^(\d+)(?:-(\d+))?$/.exec(text.trim());
  if (!found) throw new UsageError(`--${option}: expected a number or a range such as 3-5, found "${text}"`);
  return [Number(found[1]), Number(found[2] ?? found[1])];
}
