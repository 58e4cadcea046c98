// Times what other libraries for JavaScript can do too, here and in each of them, one after the other:
//   npm install --prefix FOLDER @tensorflow/tfjs @tensorflow/tfjs-backend-wasm @jax-js/jax onnxruntime-web
//   node bench/libraries.mjs --packages FOLDER [--threads 2] [--time 2000]
// Prints a table: milliseconds, and GFLOP/s. Needs `npm run build`. What FOLDER does not hold is left out by name.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { operations } from "./libraries/sizes.mjs";
import { output } from "./processes.mjs";

const { values } = parseArgs({
  options: {
    packages: { type: "string" },
    threads: { type: "string", default: "2" },
    time: { type: "string", default: "2000" },
  },
});
if (values.packages === undefined) throw new Error("--packages: the folder where the other libraries are installed");
const folder = resolve(values.packages);
const installed = createRequire(join(folder, "package.json"));

const others = {
  "tfjs-wasm": ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"],
  "jax-js": ["@jax-js/jax"],
  "onnxruntime-web": ["onnxruntime-web"],
};

function missing(names) {
  return names.filter((name) => {
    try {
      installed.resolve(name);
      return false;
    } catch {
      return true;
    }
  });
}

function time(library) {
  const script = fileURLToPath(new URL("libraries/one.mjs", import.meta.url));
  const args = [script, library, folder, values.threads, values.time];
  return JSON.parse(output(process.execPath, args).trimEnd().split("\n").at(-1));
}

console.log(`Node ${process.version}, ${values.threads} threads`);
console.log("| library | GEMM | convolution | training step |\n| --- | --- | --- | --- |");
for (const [library, needed] of Object.entries({ retort: [], ...others })) {
  const absent = missing(needed);
  if (absent.length > 0) {
    console.log(`| ${library} | not installed: ${absent.join(", ")} | | |`);
    continue;
  }
  const cells = Object.entries(time(library)).map(([name, { milliseconds, problem }]) =>
    problem === undefined
      ? `${milliseconds.toFixed(2)} ms, ${(operations[name] / milliseconds / 1e6).toFixed(1)} GFLOP/s`
      : problem,
  );
  console.log(`| ${library} | ${cells.join(" | ")} |`);
}
