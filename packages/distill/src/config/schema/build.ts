import { z } from "zod";
import { suggestion } from "../nearest.js";
import { readNumber } from "../numbers.js";

/** A schema that gives a `T`. */
export type Schema<T> = z.ZodType<T>;
type Mapping = Record<string, unknown>;
type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** A value as a message shows it, with its type. */
function show(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return `the text "${value}"`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Date) return "a date";
  return typeof value === "object" ? "a mapping" : `the ${typeof value} ${value}`;
}

const article = (type: string): string =>
  ({ object: "a mapping", record: "a mapping", array: "a list", tuple: "a list", string: "text" })[type] ?? `a ${type}`;

function describeValues(values: readonly unknown[], input: unknown): string {
  const near = typeof input === "string" ? `; ${suggestion(input, values.map(String))}` : "";
  const all = values.map((value) => (typeof value === "string" ? `"${value}"` : String(value))).join(", ");
  return `expected ${values.length > 1 ? "one of " : ""}${all}, found ${show(input)}${near}`;
}

/** What is wrong, in our words. */
function describe(issue: RawIssue): string | undefined {
  if (issue.code === "invalid_type" || issue.code === "invalid_value") {
    if (issue.input === undefined) return "missing";
  }
  if (issue.code === "invalid_type") return `expected ${article(issue.expected as string)}, found ${show(issue.input)}`;
  if (issue.code === "invalid_value") return describeValues(issue.values as unknown[], issue.input);
  if (issue.code === "too_small" || issue.code === "too_big") {
    const least = issue.code === "too_small";
    const things = issue.origin === "array" ? " items" : issue.origin === "string" ? " characters" : "";
    const bound = `${least ? "at least" : "at most"} ${least ? issue.minimum : issue.maximum}${things}`;
    return `expected ${issue.inclusive === false ? `${least ? "more" : "less"} than ${least ? issue.minimum : issue.maximum}` : bound}, found ${show(issue.input)}`;
  }
  return undefined;
}

/** Checks a value and reports every problem in our words. */
export function check<T>(schema: Schema<T>, value: unknown): z.ZodSafeParseResult<T> {
  return schema.safeParse(value, { error: describe });
}

/**
 * A mapping with exactly these keys. An unknown key is a problem of its own, with the nearest known name; several are
 * one line each.
 */
export function section<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key: string) => `unknown key; ${suggestion(key, known)}`).join("\n")
        : undefined,
  });
}

interface NumberRange {
  min?: number;
  max?: number;
  above?: number;
}

/** A number; text such as `1e-3` and `1./255.` counts as one. */
export function number(range: NumberRange = {}): Schema<number> {
  let schema = z.number();
  if (range.min !== undefined) schema = schema.min(range.min);
  if (range.max !== undefined) schema = schema.max(range.max);
  if (range.above !== undefined) schema = schema.gt(range.above);
  return z.preprocess((value) => (typeof value === "string" ? (readNumber(value) ?? value) : value), schema);
}

/** A whole number, by default from 1. */
export function integer(min = 1, max?: number): Schema<number> {
  return number({ min, max }).refine((value) => Number.isInteger(value), { error: "expected a whole number" });
}

/** Text, or undefined where the key is missing or empty. */
export const optionalText: Schema<string | undefined> = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

/** One text, or a list of them: always a list. */
export const texts: Schema<string[]> = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z.array(z.string()).min(1),
);

/** One number for both directions, or [height, width]. */
export const pair: Schema<[number, number]> = z.preprocess(
  (value) => (typeof value === "number" ? [value, value] : value),
  z.tuple([integer(), integer()]),
);

/** Hands on the problems of an inner check, below `key` where one is given. */
export function forward(into: { issues: RawIssue[] }, issues: readonly Issue[], key?: string): void {
  for (const issue of issues) {
    const path = key === undefined ? issue.path : [key, ...issue.path];
    into.issues.push({ ...issue, path, input: undefined } as RawIssue);
  }
}

const problem = (message: string, input: unknown, path: string[] = []): RawIssue => ({
  code: "custom",
  message,
  input,
  path,
});

/** Schemas by the name that chooses one of them. */
type Kinds<T> = Readonly<Record<string, Schema<T>>>;

/** Lets `kindsOf` see what a schema chooses between. */
export function choosing<T>(kinds: Kinds<T>, schema: Schema<T>): Schema<T> {
  return schema.meta({ kinds });
}

/** What a schema chooses between by a name, such as one made by `byName`; undefined for any other. */
export function kindsOf(schema: z.core.$ZodType): Kinds<unknown> | undefined {
  return z.globalRegistry.get(schema)?.kinds as Kinds<unknown> | undefined;
}

/**
 * A mapping whose `name` (or another key) says what it is; `kinds` is the visible map of all names. A schema of `kinds`
 * sees the whole mapping, that key included. `elsewhere` says of names that are only the reference's why they are not
 * here.
 */
export function byName<T>(
  what: string,
  kinds: Kinds<T>,
  key = "name",
  elsewhere: Readonly<Record<string, string>> = {},
): Schema<T> {
  const schema: Schema<T> = z.unknown().transform((value, context): T => {
    if (!isMapping(value)) {
      context.issues.push(problem(value === undefined ? "missing" : `expected a mapping, found ${show(value)}`, value));
      return z.NEVER;
    }
    const name = value[key];
    if (typeof name !== "string" || !Object.hasOwn(kinds, name)) {
      context.issues.push(problem(unknownName(what, name, Object.keys(kinds), elsewhere), value, [key]));
      return z.NEVER;
    }
    const result = check(kinds[name], value);
    if (result.success) return result.data;
    forward(context, result.error.issues);
    return z.NEVER;
  });
  return choosing(kinds, schema);
}

function unknownName(
  what: string,
  name: unknown,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>>,
): string {
  if (typeof name === "string" && Object.hasOwn(elsewhere, name))
    return `there is no ${what} "${name}" here: ${elsewhere[name]}`;
  const hint = suggestion(typeof name === "string" ? name : "", known);
  return `${name === undefined ? "missing" : `unknown ${what}, found ${show(name)}`}; ${hint}`;
}

/**
 * A mapping with one key, which says what it is, as in the reference's lists of losses, heads and transforms
 * (`- CTCHead: {...}`). Nothing after the colon is an empty mapping. A schema of `kinds` sees the inner mapping.
 */
export function oneKey<T>(what: string, kinds: Kinds<T>): Schema<T> {
  const schema: Schema<T> = z.unknown().transform((value, context): T => {
    const entries = isMapping(value) ? Object.entries(value) : [];
    if (entries.length !== 1) {
      const found = isMapping(value) ? `the keys ${Object.keys(value).join(", ") || "(none)"}` : show(value);
      context.issues.push(problem(`expected one ${what} ("- NAME:" and its keys below it), found ${found}`, value));
      return z.NEVER;
    }
    const [name, inner] = entries[0];
    if (!Object.hasOwn(kinds, name)) {
      context.issues.push(problem(`unknown ${what}; ${suggestion(name, Object.keys(kinds))}`, value, [name]));
      return z.NEVER;
    }
    const result = check(kinds[name], inner ?? {});
    if (result.success) return result.data;
    forward(context, result.error.issues, name);
    return z.NEVER;
  });
  return choosing(kinds, schema);
}
