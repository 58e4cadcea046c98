// Trainings as processes of `retort`, whose results lie on the disk: what is there is not done again.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../packages/cli/bin/retort.js", import.meta.url));

/** The child's standard output; what it says besides goes to the file `log`, or to the terminal without one. */
export function retort(args, { log, threads } = {}) {
  return new Promise((resolve, reject) => {
    const told = log === undefined ? "inherit" : openSync(log, "a");
    const env = threads === undefined ? process.env : { ...process.env, RETORT_THREADS: String(threads) };
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", told], env });
    const parts = [];
    child.stdout.on("data", (part) => parts.push(part));
    child.on("error", reject);
    child.on("close", (status, signal) => {
      if (log !== undefined) closeSync(told);
      if (status === 0) resolve(Buffer.concat(parts).toString("utf8"));
      else reject(new Error(`retort ${args[0]} ended with ${signal ?? status}; the same command goes on`));
    });
  });
}

/** The result in `file`, which `work` makes unless it is there already. */
export async function once(file, work) {
  if (!existsSync(file)) {
    const result = await work();
    writeFileSync(`${file}.tmp`, `${JSON.stringify(result, null, 1)}\n`);
    renameSync(`${file}.tmp`, file);
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * What the options `--jobs` and `--stop-after` say: how many trainings run at once, with how many threads each, and until
 * when new ones begin.
 */
export function schedule({ jobs, "stop-after": hours }) {
  const threads = Math.max(1, Math.floor(availableParallelism() / Number(jobs)));
  return { jobs: Number(jobs), threads, deadline: Date.now() + Number(hours) * 3_600_000 };
}

/** The same function, whose results are kept: trainings that run at once share what they begin from. */
export function memoized(make) {
  const made = new Map();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key);
  };
}

/** Runs the tasks in their order, `jobs` at a time; after a failure nothing new begins, and the first error is thrown. */
export async function inParallel(tasks, jobs) {
  const left = [...tasks];
  const failures = [];
  async function worker() {
    while (left.length > 0 && failures.length === 0) {
      try {
        await left.shift()();
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker));
  if (failures.length > 0) throw failures[0];
}

/**
 * Trains with the arguments `train` of `retort train`, whose config saves in the folder `out/name`, going on from its latest
 * checkpoint; resolves to what `retort eval` says with the arguments `test`. Log and result lie beside the folder.
 * @throws Error when it would begin after the deadline
 */
export function training({ out, name, train, test, threads, deadline }) {
  return once(join(out, `${name}.json`), async () => {
    if (Date.now() > deadline) throw new Error("the time is over; the same command goes on");
    const how = { log: join(out, `${name}.log`), threads };
    const latest = join(out, name, "latest");
    const goOn = existsSync(`${latest}.json`) ? ["-o", `Global.checkpoints=${latest}`] : [];
    console.log(`${new Date().toISOString()} ${name}: ${goOn.length > 0 ? "goes on" : "begins"}`);
    await retort(["train", ...train, ...goOn], how);
    const measured = JSON.parse(await retort(["eval", ...test, "--json"], how));
    console.log(`${new Date().toISOString()} ${name}: ${JSON.stringify(measured.metrics)}`);
    return measured;
  });
}
