import { reportFaults } from "./faults.js";
import { dropIgnored } from "./ignored.js";
import { applyOverrides, type Overridden, type Override, type Overrides, readOverrides } from "./overrides.js";
import type { ConfigPath } from "./path.js";
import { Collected, ConfigError } from "./problems.js";
import { checkRecognition, type RecognitionConfig } from "./recognition.js";
import { readYaml } from "./yaml.js";

/** How a config text is read. */
export interface ParseOptions {
  /** What messages call the text. */
  file?: string;
  overrides?: Overrides;
}

/** A config that has no problems. */
export interface ParsedConfig {
  config: RecognitionConfig;
  /** What is worth knowing: one line of text each, naming the place. */
  warnings: string[];
  /** The config as data, overrides applied, before anything was checked or filled in: what a checkpoint keeps. */
  raw: Record<string, unknown>;
  /** Whether an override, rather than the text, gives the value at a path. */
  isOverridden(path: ConfigPath): boolean;
}

/** The last override that set a path, or what holds it. */
function overrideOf(set: readonly Overridden[], path: ConfigPath): Override | undefined {
  const within = (outer: ConfigPath): boolean => outer.every((part, i) => String(part) === String(path[i]));
  return set.filter((one) => within(one.path)).at(-1)?.override;
}

/** A config as data, with its overrides, before anything of it was checked. */
export interface RawConfig {
  value: Record<string, unknown>;
  /** `file:line` of a path, or the override that set it. */
  placeOf(path: ConfigPath): string;
  /** Whether an override set the value at a path. */
  isOverridden(path: ConfigPath): boolean;
  /** One line of text for each duplicate key. */
  warnings: string[];
}

/**
 * Reads the text of a config and applies overrides.
 * @throws Error that names the line when the text is no YAML, or the override that cannot be applied
 */
export function readRaw(text: string, { file = "config", overrides = [] }: ParseOptions = {}): RawConfig {
  const { value, lineOf, warnings } = readYaml(text, file);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${file}: expected sections such as Global and Architecture, found no mapping`);
  }
  const set = applyOverrides(value, readOverrides(overrides));
  return {
    value: value as Record<string, unknown>,
    placeOf: (path) => overrideOf(set, path)?.text ?? `${file}:${lineOf(path)}`,
    isOverridden: (path) => overrideOf(set, path) !== undefined,
    warnings,
  };
}

/**
 * Reads the text of a PaddleOCR-style recognition config, applies overrides and checks everything.
 * @throws Error that names the line when the text is no YAML, or the override that cannot be applied
 * @throws ConfigError with all problems at once, each with its place, its path and, of a wrong name, the nearest right one
 */
export function parseConfig(text: string, options: ParseOptions = {}): ParsedConfig {
  const { value, placeOf, isOverridden, warnings } = readRaw(text, options);
  const raw = structuredClone(value);
  const findings = new Collected(placeOf);
  dropIgnored(value, findings);
  reportFaults(value, findings);
  const config = checkRecognition(value, findings);
  if (!config || findings.problems.length > 0) throw new ConfigError(options.file ?? "config", findings.problems);
  return { config, warnings: [...warnings, ...findings.warnings], raw, isOverridden };
}
