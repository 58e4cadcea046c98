// Two ranks of three wait for the last one, which does what its argument says.
import { joinRanks } from "@retort/distill/parallel";

const ranks = await joinRanks();
if (ranks.rank === ranks.size - 1) {
  if (process.argv[2] === "hang") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  if (process.argv[2] === "kill") process.kill(process.pid, "SIGKILL");
  if (process.argv[2] === "abort") ranks.abort("its disk is full");
}
ranks.barrier();
