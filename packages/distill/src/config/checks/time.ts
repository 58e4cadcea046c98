import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { GlobalConfig } from "../schema/global.js";
import type { OptimizerConfig } from "../schema/optimizer.js";

/** Warns of what can never happen within the epochs of the config. */
export function checkTime(global: GlobalConfig, optimizer: OptimizerConfig, findings: Findings): void {
  const { epochNum, evalBatchEpoch } = global;
  const path: ConfigPath = ["Optimizer", "lr"];
  if (evalBatchEpoch !== undefined && evalBatchEpoch > epochNum) {
    findings.warn(
      ["Global", "eval_batch_epoch"],
      `evaluation comes every ${evalBatchEpoch} epochs, but there are ${epochNum}: no best model is saved`,
    );
  }
  const { schedule } = optimizer;
  if ("warmupEpoch" in schedule && schedule.warmupEpoch >= epochNum) {
    findings.warn(
      [...path, "warmup_epoch"],
      `the learning rate rises for ${schedule.warmupEpoch} epochs, and there are ${epochNum}`,
    );
  }
  const last = schedule.name === "Piecewise" ? schedule.decayEpochs.at(-1) : undefined;
  if (last !== undefined && last >= epochNum) {
    findings.warn([...path, "decay_epochs"], `epoch ${last} is never reached: there are ${epochNum}`);
  }
}
