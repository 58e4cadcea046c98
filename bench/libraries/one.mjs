// Times one library, in a process of its own: node one.mjs LIBRARY PACKAGES_FOLDER THREADS MILLISECONDS
// Writes JSON: milliseconds by case, the median of many runs, or why there are none.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Bench } from "tinybench";

const [library, folder, threads, milliseconds] = process.argv.slice(2);
const { resolve } = createRequire(join(folder, "package.json"));
const load = (name) => import(pathToFileURL(resolve(name)));
const { prepare } = await import(`./${library}.mjs`);
const cases = await prepare({ load, resolve, threads: Number(threads) });

const result = {};
for (const name of ["gemm", "conv", "cnn"]) {
  if (cases[name] === undefined) {
    result[name] = { problem: "not offered" };
    continue;
  }
  try {
    const run = await cases[name]();
    await run();
    const bench = new Bench({ time: Number(milliseconds), warmupTime: 500, iterations: 5 });
    bench.add(name, run);
    await bench.run();
    const { error, latency } = bench.tasks[0].result;
    if (error) throw error;
    result[name] = { milliseconds: latency.p50 };
  } catch (error) {
    result[name] = { problem: error.message.split("\n")[0] };
  }
}
console.log(`\n${JSON.stringify(result)}`);
process.exit(0);
