import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ignoredKeys } from "./ignored.js";
import { sections } from "./recognition.js";
import { type SchemaKey, schemaKeys } from "./schema/keys.js";

/** What docs/config.md says of a key, or of all keys of a kind. */
interface Row {
  readonly key: string;
  readonly state: string;
  readonly reason: string;
}

const text = readFileSync(new URL("../../../../docs/config.md", import.meta.url), "utf8");

const rows: readonly Row[] = text.split("\n").flatMap((line) => {
  const [, keys, state, reason] = line.split("|").map((cell) => cell.trim());
  const named = keys?.startsWith("`") ? [...keys.matchAll(/`([^`]+)`/g)] : [];
  return named.map(([, key]) => ({ key, state, reason }));
});

/** The name under which docs/config.md has a key; of networks, and of Train and Eval, it speaks once. */
const documented = (key: string): string =>
  key
    .replace(/^DistillationModel\.Models\.\*\./, "network.")
    .replace(/^Architecture\.(Models\.\*\.)?/, "network.")
    .replace(/^(rec|det)\./, "network.")
    .replace(/^(Train|Eval)\./, "data.")
    .replace(/^(Loss|data)\.[a-z_.]+\.\*\.(?=[A-Z])/, "")
    .replace(/^\./, "");

const known: readonly SchemaKey[] = Object.entries(sections).flatMap(([name, schema]) =>
  [...schemaKeys(schema, name)].map((found) => ({ ...found, key: documented(found.key) })),
);
const ignored = ignoredKeys.flatMap(({ at, keys, why }) =>
  keys.map((key) => ({ key: documented(`${at}.${key}`), why })),
);

/** `Adam.lr` is spoken of as itself or as `*.lr`. */
const namesOf = (key: string): string[] => [key, key.replace(/^[^.]+/, "*")];
const rowOf = (key: string): Row | undefined => rows.find((row) => namesOf(key).includes(row.key));

test("no key has two rows, and every row one of four states", () => {
  expect(rows.map(({ key }) => key).filter((key, i, all) => all.indexOf(key) < i)).toEqual([]);
  expect([...new Set(rows.map(({ state }) => state))].sort()).toEqual(["ignored", "ours", "refused", "used"]);
});

test("every key of the schemas has a row", () => {
  expect(known.length).toBeGreaterThan(150);
  expect([...new Set(known.map(({ key }) => key))].filter((key) => rowOf(key) === undefined)).toEqual([]);
});

test("every ignored key has a row with its reason", () => {
  expect(ignored.map(({ key, why }) => ({ key, state: "ignored", reason: why }))).toEqual(
    ignored.map(({ key }) => rowOf(key) ?? { key }),
  );
});

test("what a row says to be used, ours or ignored is known; what it says to be refused is not, or only one value of it", () => {
  const keys = new Set(known.flatMap(({ key }) => namesOf(key)));
  const passedOver = new Set(ignored.map(({ key }) => key));
  const free = new Set(known.filter(({ onlyValue }) => !onlyValue).map(({ key }) => key));
  const kinds = new Set([...free].map((key) => key.split(".")[0]));
  const wrong = rows.filter(({ key, state }) =>
    state === "refused" ? free.has(key) || kinds.has(key) : !(keys.has(key) || passedOver.has(key)),
  );
  expect(wrong).toEqual([]);
});

test("whatever is refused or ignored has a reason", () => {
  const silent = rows.filter(({ state, reason }) => /refused|ignored/.test(state) && reason === "");
  expect(silent).toEqual([]);
});
