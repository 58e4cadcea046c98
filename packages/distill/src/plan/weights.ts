import { type LoadedConfig, loadConfig, readConfigText } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { type RawConfig, readRaw } from "../config/parse.js";
import { type ConfigPath, showPath } from "../config/path.js";
import { ConfigError, type ConfigProblem } from "../config/problems.js";

/** The value at a path, undefined where a key of it is missing. */
function at(value: unknown, path: ConfigPath): unknown {
  return path.reduce((inner, key) => (inner as Record<string | number, unknown> | undefined | null)?.[key], value);
}

/** Where a config can name files with weights. */
function placesOfWeights(config: unknown): ConfigPath[] {
  const models = Object.keys(at(config, ["Architecture", "Models"]) ?? {});
  return [
    ["Global", "pretrained_model"],
    ["Global", "checkpoints"],
    ...models.map((name) => ["Architecture", "Models", name, "pretrained"]),
  ];
}

/** The files with weights that a config names and that are not there. */
async function missingWeights({ value, placeOf }: RawConfig): Promise<ConfigProblem[]> {
  const { existsSync } = await import("node:fs");
  return placesOfWeights(value).flatMap((path) => {
    const file = at(value, path);
    if (typeof file !== "string" || file === "" || existsSync(file) || existsSync(`${file}.json`)) return [];
    return [{ path: showPath(path), place: placeOf(path), message: `there is no ${file}` }];
  });
}

/**
 * Loads a config, and looks for the files with weights that it names. Runs in Node.
 * @throws ConfigError with all problems of the config, missing files among them
 * @throws Error that names the file when the config or its dictionary cannot be read
 */
export async function loadWithWeights(path: string, overrides: Overrides): Promise<LoadedConfig> {
  const missing = await missingWeights(readRaw(await readConfigText(path), { file: path, overrides }));
  const loaded = await loadConfig(path, overrides).catch((error: unknown) => {
    throw error instanceof ConfigError ? new ConfigError(path, [...error.problems, ...missing]) : error;
  });
  if (missing.length > 0) throw new ConfigError(path, missing);
  return loaded;
}
