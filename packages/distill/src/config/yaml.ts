import {
  defineScalarTag,
  EVENT_ID,
  type Event,
  getScalarValue,
  load,
  NOT_RESOLVED,
  parseEvents,
  type Schema,
  YAML11_SCHEMA,
  YAMLException,
} from "js-yaml";
import { type ConfigPath, showPath } from "./path.js";

/** A YAML file as data, with what is needed to speak about its places. */
export interface YamlDocument {
  /** The data. Aliases are copied, so that changing one place changes no other. */
  value: unknown;
  /** The line (from 1) on which a path, or else the nearest path around it, begins. */
  lineOf(path: ConfigPath): number;
  /** One line of text for each duplicate key. */
  warnings: string[];
}

// js-yaml takes y and n for booleans as the YAML 1.1 text says; PyYAML does not.
const bool = defineScalarTag<boolean>("tag:yaml.org,2002:bool", {
  implicit: true,
  resolve: (source) => {
    if (/^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(source)) return true;
    return /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(source) ? false : NOT_RESOLVED;
  },
  identify: (data) => typeof data === "boolean",
});
const PYYAML: Schema = YAML11_SCHEMA.withTags(bool);

const MOST_VALUES = 100_000;
const DEEPEST = 100;

function copyTree(value: unknown, count: { values: number }, depth: number): unknown {
  if (++count.values > MOST_VALUES) throw new Error(`its aliases unfold to more than ${MOST_VALUES} values`);
  if (depth > DEEPEST) throw new Error(`nested deeper than ${DEEPEST} levels; does an alias contain itself?`);
  if (Array.isArray(value)) return value.map((item) => copyTree(item, count, depth + 1));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyTree(item, count, depth + 1)]));
}

const keyOf = (path: ConfigPath): string => JSON.stringify(path.map(String));

interface Frame {
  path: ConfigPath;
  index: number; // next index of a sequence, -1 for a mapping
  key: string | undefined; // the key of a mapping whose value comes next
  seen: Map<string, number>;
}

/** Walks the events of a file once: the line of every path, and the keys that a mapping has twice. */
function survey(text: string, events: readonly Event[]): { lines: Map<string, number>; duplicates: Duplicate[] } {
  const lines = new Map<string, number>();
  const duplicates: Duplicate[] = [];
  const frames: Frame[] = [];
  const line = lineCounter(text);
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) continue;
    if (event.type === EVENT_ID.POP) {
      frames.pop();
      continue;
    }
    const top = frames.at(-1);
    if (top && top.index < 0 && top.key === undefined) {
      const key = event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : "?";
      const at = line(event.type === EVENT_ID.SCALAR ? event.valueStart : 0);
      const first = top.seen.get(key);
      if (first !== undefined && key !== "<<") duplicates.push({ path: [...top.path, key], first, last: at });
      top.seen.set(key, at);
      top.key = key;
      lines.set(keyOf([...top.path, key]), at);
      continue;
    }
    const path: ConfigPath = top ? [...top.path, top.key ?? top.index] : [];
    const start = startOf(event);
    if (top && top.index >= 0) {
      top.index++;
      if (start >= 0) lines.set(keyOf(path), line(start));
    } else if (top) top.key = undefined;
    if (event.type === EVENT_ID.MAPPING) frames.push({ path, index: -1, key: undefined, seen: new Map() });
    if (event.type === EVENT_ID.SEQUENCE) frames.push({ path, index: 0, key: undefined, seen: new Map() });
  }
  return { lines, duplicates };
}

interface Duplicate {
  path: ConfigPath;
  first: number;
  last: number;
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart;
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? event.start : -1;
}

/** Offsets come in rising order, nearly; so the line is counted on from the last one asked for. */
function lineCounter(text: string): (offset: number) => number {
  let at = 0;
  let line = 1;
  return (offset) => {
    if (offset < at) [at, line] = [0, 1];
    for (; at < offset; at++) if (text[at] === "\n") line++;
    return line;
  };
}

/**
 * Reads one YAML document as PyYAML does: YAML 1.1 numbers and booleans, `1e-3` as text, anchors, `<<`, and of a
 * duplicate key the last one (with a warning that names both lines).
 * @throws Error that names the file and the line when the text is no YAML, is empty, or has an endless alias
 */
export function readYaml(text: string, file: string): YamlDocument {
  try {
    const { lines, duplicates } = survey(text, parseEvents(text, { filename: file }));
    const value = copyTree(load(text, { schema: PYYAML, filename: file, json: true }), { values: 0 }, 0);
    const lineOf = (path: ConfigPath): number => {
      for (let length = path.length; length > 0; length--) {
        const line = lines.get(keyOf(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return 1;
    };
    const warnings = duplicates.map(
      ({ path, first, last }) =>
        `${file}:${last}: ${showPath(path)} is given twice; this line counts, line ${first} does not`,
    );
    return { value, lineOf, warnings };
  } catch (error) {
    const mark = error instanceof YAMLException ? error.mark : undefined;
    const reason = error instanceof YAMLException ? error.reason : (error as Error).message;
    throw new Error(`${file}${mark ? `:${mark.line + 1}` : ""}: not a YAML document: ${reason}`);
  }
}

/** Reads one YAML value as it stands after the equals sign of an override; empty text is null. */
export function readYamlValue(text: string): unknown {
  if (text.trim() === "") return null;
  return copyTree(load(text, { schema: PYYAML, json: true }), { values: 0 }, 0);
}
