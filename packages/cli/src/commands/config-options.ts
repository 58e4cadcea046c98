import type { Argv } from "yargs";

/** Arguments of every command that reads a config. */
export interface ConfigArguments {
  config: string;
  override: string[];
  json: boolean;
}

/** Adds `-c`, `-o` and `--json`. */
export function configOptions(yargs: Argv<object>): Argv<ConfigArguments> {
  return yargs.options({ config: { ...configOption, demandOption: true }, override: overrideOption, json: jsonOption });
}

/** `-c`, for a command that can do without. */
export const configOption: { alias: "c"; type: "string"; describe: string; requiresArg: true } = {
  alias: "c",
  type: "string",
  describe: "Config file (YAML)",
  requiresArg: true,
};

/** `--json` */
export const jsonOption: { type: "boolean"; default: false; describe: string } = {
  type: "boolean",
  default: false,
  describe: "Write JSON for machines",
};

/** `-o`: one or several values, and it may be repeated. */
export const overrideOption: {
  alias: "o";
  type: "string";
  array: true;
  default: string[];
  defaultDescription: string;
  describe: string;
} = {
  alias: "o",
  type: "string",
  array: true,
  default: [],
  defaultDescription: "none",
  describe: "Values that replace the config's: KEY.PATH=VALUE ...",
};
