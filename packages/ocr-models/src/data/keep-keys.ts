import { regionFields } from "./detection/region.js";
import { checkOptions, type Options } from "./options.js";
import type { Field } from "./picture.js";
import type { Transform } from "./sample.js";

/** The names in `keep_keys`. */
export function keptKeys(options: Options): string[] {
  checkOptions("KeepKeys", options, ["keep_keys"]);
  const keys = options.keep_keys;
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key) => typeof key === "string")) {
    throw new Error(`KeepKeys.keep_keys: expected a list of names, found ${JSON.stringify(keys)}`);
  }
  return keys as string[];
}

/**
 * `KeepKeys`: keeps the named fields, in that order, which is the order of the batch; those of regions (see
 * `regionFields`) as the regions are now.
 */
export function keepKeys(options: Options): Transform {
  const keys = keptKeys(options);
  return (sample) => {
    const given: Readonly<Record<string, Field>> =
      sample.regions === undefined ? sample.fields : { ...sample.fields, ...regionFields(sample.regions) };
    const fields: Record<string, Field> = {};
    for (const key of keys) {
      const field = given[key];
      if (field === undefined) throw new Error(`KeepKeys: no transform before it gave "${key}"`);
      fields[key] = field;
    }
    return { ...sample, fields };
  };
}
