/** A place in a config: the keys and list indices that lead to it. */
export type ConfigPath = readonly (string | number)[];

/** A path as it is written for a reader: `Loss.loss_config_list[0].DistillationDMLLoss.weight`. */
export function showPath(path: ConfigPath): string {
  return path
    .map((part) => (typeof part === "number" || /^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}
