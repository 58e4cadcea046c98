import { expect, test } from "vitest";
import { alone } from "./communicator.js";
import { joinRanks } from "./join.js";

test("a process that nobody started with others works alone", async () => {
  expect(await joinRanks({})).toBe(alone);
  expect(await joinRanks({ OMPI_COMM_WORLD_SIZE: "1", PMIX_RANK: "0" })).toBe(alone);
  expect(await joinRanks({ SLURM_STEP_NUM_TASKS: "1" })).toBe(alone);
});

test.each([
  [{ PMI_SIZE: "4" }, /one of 4 processes that the mpiexec of MPICH or Intel MPI.*\(PMI_SIZE\)/],
  [{ MV2_COMM_WORLD_SIZE: "2" }, /MVAPICH/],
  [{ SLURM_STEP_NUM_TASKS: "8" }, /one of 8 processes that srun without PMIx.*srun --mpi=pmix/],
])("refuses processes of another starter: %j", async (environment, message) => {
  await expect(joinRanks(environment)).rejects.toThrow(message);
});

test.each(["0", "-1", "soon", "Infinity"])("RETORT_PATIENCE=%s is no limit", async (text) => {
  await expect(joinRanks({ RETORT_PATIENCE: text })).rejects.toThrow(`RETORT_PATIENCE: expected a number of seconds`);
});

test("one process is its own sum and its own company", () => {
  const numbers = Float32Array.of(1, 2);
  alone.allReduce(numbers);
  alone.startAllReduce(numbers).wait();
  alone.broadcast(numbers);
  expect([...numbers]).toEqual([1, 2]);
  expect(alone.gather("here")).toEqual(["here"]);
  expect(() => alone.abort("no room")).toThrow("no room");
});
