// Runs the examples of a package's README where the package was installed, as they stand and bundled for browsers.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { examplesOf } from "../fixtures/readme-examples.mjs";

/** Makes console.log write as the examples show it. */
const prelude = (helpers) =>
  `import { shown as shownValue } from ${JSON.stringify(helpers)};\n` +
  'const console = { log: (...values) => void process.stdout.write(values.map(shownValue).join(" ") + "\\n") };\n';

/** Writes the examples of a README into `folder`, one file each. */
export function writeExamples(name, readme, folder) {
  const helpers = new URL("../fixtures/readme-examples.mjs", import.meta.url).pathname;
  return examplesOf(readFileSync(readme, "utf8")).map(({ code, expected }, i) => {
    const file = join(folder, `${name}-example-${i + 1}.mjs`);
    writeFileSync(file, prelude(helpers) + code);
    return { file, expected };
  });
}

/**
 * Bundles a program for browsers with Vite. What Vite warns of, but for Node's modules that the program loads only where
 * there are some, is an error. Gives the bundle and its size in KiB.
 */
export async function bundle(file) {
  const warnings = [];
  const note = (message) => void warnings.push(String(message));
  const customLogger = {
    info() {},
    warn: note,
    warnOnce: note,
    error: note,
    clearScreen() {},
    hasErrorLogged: () => false,
  };
  const [folder, name] = [join(file, "..", "bundles"), file.replace(/^.*\/|\.mjs$/g, "")];
  await build({
    root: join(file, ".."),
    configFile: false,
    logLevel: "warn",
    customLogger,
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: "es2022",
      lib: { entry: file, formats: ["es"], fileName: () => `${name}.mjs` },
    },
  });
  const serious = warnings.filter((warning) => !warning.includes("has been externalized for browser compatibility"));
  if (serious.length > 0) throw new Error(`Vite on ${file}:\n${serious.join("\n")}`);
  const output = join(folder, `${name}.mjs`);
  return { output, kib: Math.round(statSync(output).size / 1024), externalized: warnings.length };
}
