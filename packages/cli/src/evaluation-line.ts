import { metricsByNetwork } from "@retort/distill";

const SHORT: Readonly<Record<string, string>> = { norm_edit_dis: "edit", acc_usable: "acc of usable" };

/**
 * `Student acc 0.842 edit 0.961  Teacher acc 0.839 edit 0.960`: metrics by the reference's names, where those without a
 * prefix belong to the network that decides, whose name is empty where it is the only one, and `Teacher_acc` belongs to
 * Teacher.
 */
export function evaluationLine(metrics: Readonly<Record<string, number>>, deciding: string): string {
  const shown = ([metric, value]: [string, number]): string =>
    `${SHORT[metric] ?? metric} ${value.toFixed(metric === "fps" ? 0 : 3)}`;
  return Object.entries(metricsByNetwork(metrics, deciding))
    .map(([network, values]) => [network, ...Object.entries(values).map(shown)].join(" ").trimStart())
    .join("  ");
}
