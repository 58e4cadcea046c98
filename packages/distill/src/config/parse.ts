import { dropIgnored } from "./ignored.js";
import { applyOverrides, type Overridden, type Overrides, readOverrides } from "./overrides.js";
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
}

/** Names the place of a path: the override that set it, or else the line of the file. */
function placer(file: string, lineOf: (path: ConfigPath) => number, set: readonly Overridden[]) {
  return (path: ConfigPath): string => {
    const within = (outer: ConfigPath): boolean => outer.every((part, i) => String(part) === String(path[i]));
    const last = set.filter((one) => within(one.path)).at(-1);
    return last ? last.override.text : `${file}:${lineOf(path)}`;
  };
}

/**
 * Reads the text of a PaddleOCR-style recognition config, applies overrides and checks everything.
 * @throws Error that names the line when the text is no YAML, or the override that cannot be applied
 * @throws ConfigError with all problems at once, each with its place, its path and, of a wrong name, the nearest right one
 */
export function parseConfig(text: string, { file = "config", overrides = [] }: ParseOptions = {}): ParsedConfig {
  const { value, lineOf, warnings } = readYaml(text, file);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${file}: expected sections such as Global and Architecture, found no mapping`);
  }
  const set = applyOverrides(value, readOverrides(overrides));
  const raw = structuredClone(value) as Record<string, unknown>;
  const findings = new Collected(placer(file, lineOf, set));
  dropIgnored(value, findings);
  const config = checkRecognition(value as Record<string, unknown>, findings);
  if (!config || findings.problems.length > 0) throw new ConfigError(file, findings.problems);
  return { config, warnings: [...warnings, ...findings.warnings], raw };
}
