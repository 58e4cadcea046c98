import { decidingNetworkOf, networksOf, type ReportedRun } from "../report/reported-run.js";
import type { Scalar } from "./event.js";

/**
 * Every number that the history of a training holds: losses by term, learning rate and throughput by lines of the log;
 * metrics by network and agreement by pair by evaluations. Lines of earlier versions have no time: they get that of the
 * log's last change.
 */
export function runScalars(run: Pick<ReportedRun, "history" | "time" | "checkpoint" | "folder">): Scalar[] {
  const { history, time: changed } = run;
  const scalars: Scalar[] = [];
  for (const { step, time = changed, stats, ips, readerCost, batchCost } of history.steps) {
    const add = (tag: string, value: number): number => scalars.push({ tag, step, value, time });
    for (const [name, value] of Object.entries(stats)) {
      if (name === "lr") add("training/learning rate", value);
      else add(`loss/${name}`, value);
    }
    add("training/images a second", ips);
    add("training/seconds a step", batchCost);
    add("training/seconds waiting for data", readerCost);
  }
  const deciding = decidingNetworkOf(run);
  for (const record of history.evaluations) {
    const { step, time = changed, agreement = [] } = record;
    const add = (tag: string, value: number): number => scalars.push({ tag, step, value, time });
    for (const [network, metrics] of Object.entries(networksOf(record, deciding))) {
      for (const [name, value] of Object.entries(metrics))
        add(`eval/${[network, name].filter(Boolean).join(" ")}`, value);
    }
    for (const { between, metrics } of agreement) {
      for (const [name, value] of Object.entries(metrics)) add(`agreement/${between.join(" and ")} ${name}`, value);
    }
  }
  return scalars;
}
