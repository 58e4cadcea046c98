import { type ConfigPath, showPath } from "./path.js";

/** Something in a config that cannot stay as it is. */
export interface ConfigProblem {
  /** Where, as it is written: `Loss.loss_config_list[0].DistillationDMLLoss.weight`. */
  path: string;
  /** `file:line`, or the override that set the value. */
  place: string;
  message: string;
}

/** A config with problems: all of them at once. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ place, path, message }) => `  ${place}: ${path}: ${message}`);
    super(`${file} has ${problems.length} ${problems.length === 1 ? "problem" : "problems"}:\n${lines.join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** Where checks put what they find. */
export interface Findings {
  problem(path: ConfigPath, message: string): void;
  warn(path: ConfigPath, message: string): void;
}

/** Collects what checks find; `placeOf` turns a path into `file:line` or an override. */
export class Collected implements Findings {
  readonly problems: ConfigProblem[] = [];
  readonly warnings: string[] = [];
  private readonly placeOf: (path: ConfigPath) => string;

  constructor(placeOf: (path: ConfigPath) => string) {
    this.placeOf = placeOf;
  }

  problem(path: ConfigPath, message: string): void {
    this.problems.push({ path: showPath(path) || "the config", place: this.placeOf(path), message });
  }

  warn(path: ConfigPath, message: string): void {
    this.warnings.push(`${this.placeOf(path)}: ${showPath(path)}: ${message}`);
  }
}
