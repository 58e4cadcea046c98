import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Whether Open MPI is installed; tests that need it skip by name elsewhere. */
export const hasMpi: boolean = spawnSync("mpirun", ["--version"], { encoding: "utf8" }).stdout?.includes("Open MPI");

/** How a job ended. */
export interface Job {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

/** The processes that a process has started, in the order in which it did. */
function childrenOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"));
  return lists.flatMap((list) => list.trim().split(/\s+/).filter(Boolean).map(Number)).sort((a, b) => a - b);
}

const quiet = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"];

/** Runs Node on `ranks` processes of this machine, one thread each, to the job's end. `onOutput` sees what ranks write, can ask for their processes, and is given mpirun's own. */
export function mpirun(
  ranks: number,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  onOutput: (text: string, processes: () => number[], job: number) => void = () => {},
): Promise<Job> {
  const begun = performance.now();
  const child = spawn("mpirun", ["-np", String(ranks), ...quiet, process.execPath, ...args], {
    env: { ...process.env, RETORT_THREADS: "1", FORCE_COLOR: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    const job = child.pid as number;
    onOutput(text, () => childrenOf(job), job);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err, seconds: (performance.now() - begun) / 1000 }));
  });
}
