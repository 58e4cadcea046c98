import { editDistance } from "../metrics/edit-distance.js";

/** Options of a transform as they stand in a config; null where the config gives none. */
export type Options = Readonly<Record<string, unknown>>;

/** The name among `names` that is most like `name`, for error messages. */
export function nearestName(name: string, names: readonly string[]): string {
  const distance = (other: string): number => editDistance(name.toLowerCase(), other.toLowerCase());
  return names.reduce((best, other) => (distance(other) < distance(best) ? other : best));
}

/** Throws an Error that names the nearest known option if `options` has one that is not in `known`. */
export function checkOptions(what: string, options: Options, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const hint = known.length === 0 ? "it has no options" : `did you mean "${nearestName(key, known)}"?`;
    throw new Error(`${what}: unknown option "${key}"; ${hint}`);
  }
}

/** An option that must have one of the given values; the first is the default. */
export function oneOf<T extends string | boolean>(
  what: string,
  options: Options,
  key: string,
  values: readonly T[],
): T {
  const value = options[key] ?? values[0];
  if (!values.includes(value as T)) {
    throw new Error(
      `${what}.${key}: expected ${values.map((v) => JSON.stringify(v)).join(" or ")}, found ${JSON.stringify(value)}`,
    );
  }
  return value as T;
}

/** A list of numbers, or `fallback` where the option is missing. */
export function numbers(what: string, options: Options, key: string, fallback?: number[]): number[] {
  const value = options[key] ?? fallback;
  if (!Array.isArray(value) || !value.every((n) => typeof n === "number" && Number.isFinite(n))) {
    throw new Error(`${what}.${key}: expected a list of numbers, found ${JSON.stringify(value)}`);
  }
  return value as number[];
}

/** A probability, or `fallback` where the option is missing. */
export function probability(what: string, options: Options, key: string, fallback: number): number {
  const value = options[key] ?? fallback;
  if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
    throw new Error(`${what}.${key}: expected a probability from 0 to 1, found ${JSON.stringify(value)}`);
  }
  return value;
}

/** A whole number from 1 on, or `fallback` where the option is missing. */
export function count(what: string, options: Options, key: string, fallback: number): number {
  const value = options[key] ?? fallback;
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new Error(`${what}.${key}: expected a whole number from 1 on, found ${JSON.stringify(value)}`);
  }
  return value as number;
}

/** A number above the first bound and below the second, or `fallback` where the option is missing. */
export function numberBetween(
  what: string,
  options: Options,
  key: string,
  [low, high]: readonly [number, number],
  fallback: number,
): number {
  const value = options[key] ?? fallback;
  if (typeof value !== "number" || !(value > low && value < high)) {
    throw new Error(`${what}.${key}: expected a number between ${low} and ${high}, found ${JSON.stringify(value)}`);
  }
  return value;
}
