import { alone, type Communicator } from "./communicator.js";
import { mpiCommunicator } from "./mpi-communicator.js";
import { startOpenMpi } from "./open-mpi.js";

/** Seconds that a rank waits for others before it ends the job. */
const defaultPatience = 45;

/** Variables that other starters of processes set, with the number of processes. */
const foreign: readonly (readonly [variable: string, starter: string])[] = [
  ["PMI_SIZE", "the mpiexec of MPICH or Intel MPI, or srun --mpi=pmi2"],
  ["MV2_COMM_WORLD_SIZE", "the mpiexec of MVAPICH"],
  ["SLURM_STEP_NUM_TASKS", "srun without PMIx"],
];

/**
 * The ranks that this process belongs to: those of the job that Open MPI's `mpirun`, or Slurm's `srun --mpi=pmix`, has
 * begun, or this process alone. To be called once, and `close`d before the process ends.
 * @throws Error that names another MPI that has started the processes, or says what is missing
 */
export async function joinRanks(environment: NodeJS.ProcessEnv = process.env): Promise<Communicator> {
  const patience = readPatience(environment.RETORT_PATIENCE);
  if (environment.OMPI_COMM_WORLD_SIZE !== undefined || environment.PMIX_RANK !== undefined) {
    if (environment.OMPI_COMM_WORLD_SIZE === "1") return alone;
    return mpiCommunicator(await startOpenMpi(environment.RETORT_MPI_LIBRARY), patience);
  }
  for (const [variable, starter] of foreign) {
    if (Number(environment[variable] ?? 1) <= 1) continue;
    throw new Error(
      `this is one of ${environment[variable]} processes that ${starter} has started (${variable}): they would all do ` +
        "the same. Start them with the mpirun of Open MPI, or with srun --mpi=pmix",
    );
  }
  return alone;
}

function readPatience(text: string | undefined): number {
  if (text === undefined || text === "") return defaultPatience;
  const seconds = Number(text);
  if (seconds > 0 && seconds < Number.POSITIVE_INFINITY) return seconds;
  throw new Error(`RETORT_PATIENCE: expected a number of seconds above 0, found "${text}"`);
}
