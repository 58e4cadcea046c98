import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The path of a config that comes with the package, such as `rec/quickstart.yml`: beside `dist` in an installed package,
 * at the root of the repository in a clone.
 *
 * @throws Error when there is none of this name.
 */
export function shippedConfig(name: string): string {
  const places = ["../configs/", "../../../configs/"].map((folder) =>
    fileURLToPath(new URL(folder + name, import.meta.url)),
  );
  const found = places.find((path) => existsSync(path));
  if (!found) throw new Error(`no shipped config ${name} (looked for ${places.join(" and ")})`);
  return found;
}
