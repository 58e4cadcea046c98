import { suggestion } from "./nearest.js";
import { type ConfigPath, showPath } from "./path.js";
import { readYamlValue } from "./yaml.js";

/** Overrides as the command line gives them (`["Global.epoch_num=5"]`) or as a script does (`{ "Global.epoch_num": 5 }`). */
export type Overrides = readonly string[] | Readonly<Record<string, unknown>>;

/** One override, read. */
export interface Override {
  /** The keys of its dotted path. */
  keys: readonly string[];
  value: unknown;
  /** As the user wrote it, for messages. */
  text: string;
}

type Mapping = Record<string, unknown>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

function readItem(item: string): Override {
  const text = `-o ${item}`;
  const equals = item.indexOf("=");
  if (equals < 1) throw new Error(`${text}: expected KEY.PATH=VALUE`);
  const key = item.slice(0, equals).trim();
  try {
    return { keys: key.split("."), value: readYamlValue(item.slice(equals + 1)), text };
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new Error(`${text}: the value is no YAML (${reason}); put it into quotes if it is text`);
  }
}

/**
 * Reads overrides. On the command line the value is everything after the first `=`, read as YAML.
 * @throws Error that names the item when it has no `=` or its value is no YAML
 */
export function readOverrides(overrides: Overrides): Override[] {
  if (isList(overrides)) return overrides.map(readItem);
  return Object.entries(overrides).map(([key, value]) => ({
    keys: key.split("."),
    value: structuredClone(value),
    text: `override of ${key}`,
  }));
}

const isList = (overrides: Overrides): overrides is readonly string[] => Array.isArray(overrides);

/** The place inside `container` that `key` names: an index of a list, or a key of a mapping. */
function step(
  container: unknown,
  key: string,
  override: Override,
  path: ConfigPath,
  mayBeNew: boolean,
): string | number {
  const where = path.length > 0 ? showPath(path) : "the config";
  if (Array.isArray(container)) {
    if (/^\d+$/.test(key) && Number(key) < container.length) return Number(key);
    throw new Error(`${override.text}: ${where} is a list of ${container.length}; "${key}" is no index of it (from 0)`);
  }
  if (!isMapping(container)) throw new Error(`${override.text}: ${where} has no keys, so "${key}" cannot be set`);
  if (Object.hasOwn(container, key) || (mayBeNew && key !== "__proto__")) return key;
  throw new Error(`${override.text}: ${where} has no "${key}"; ${suggestion(key, Object.keys(container))}`);
}

/** Sets one override in `config`, in place, and returns the paths that it set. */
function applyOverride(config: unknown, override: Override): ConfigPath[] {
  const { keys, value } = override;
  const path: (string | number)[] = [];
  let container = config;
  for (const [i, key] of keys.entries()) {
    const last = i === keys.length - 1;
    const place = step(container, key, override, path, last && i > 0);
    const inner = container as Record<string | number, unknown>;
    path.push(place);
    if (last) {
      const old = inner[place];
      if (i === 0 && isMapping(value) && isMapping(old)) {
        Object.assign(old, value);
        return Object.keys(value).map((name) => [...path, name]);
      }
      inner[place] = value;
    } else container = inner[place];
  }
  return [path];
}

/** A path, and the override that set it. */
export interface Overridden {
  path: ConfigPath;
  override: Override;
}

/**
 * Applies overrides to a config in place, in order. The path is dotted, list indices count from 0
 * (`Loss.loss_config_list.0.DistillationDMLLoss.weight=0.5`). All keys but the last must be there already; an undotted
 * key must be there too, and a mapping given to it is merged into the section instead of replacing it.
 * Returns the paths that were set.
 * @throws Error that names the item, the place, and the nearest valid name
 */
export function applyOverrides(config: unknown, overrides: readonly Override[]): Overridden[] {
  return overrides.flatMap((override) => applyOverride(config, override).map((path) => ({ path, override })));
}
