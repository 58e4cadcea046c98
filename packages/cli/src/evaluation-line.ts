const SHORT: Readonly<Record<string, string>> = { norm_edit_dis: "edit", acc_usable: "acc of usable" };

/**
 * `Student acc 0.842 edit 0.961  Teacher acc 0.839 edit 0.960`: metrics by the reference's names, where those without a
 * prefix belong to the network that decides, whose name is empty where it is the only one, and `Teacher_acc` belongs to
 * Teacher.
 */
export function evaluationLine(metrics: Readonly<Record<string, number>>, deciding: string): string {
  const byNetwork = new Map<string, string[]>();
  for (const [name, value] of Object.entries(metrics)) {
    const [, network = deciding, metric] =
      /^(?:(.+)_)?(acc|acc_usable|norm_edit_dis|precision|recall|hmean|unusable|fps)$/.exec(name) ?? [
        name,
        deciding,
        name,
      ];
    const shown = metric === "fps" ? value.toFixed(0) : value.toFixed(3);
    byNetwork.set(network, [...(byNetwork.get(network) ?? []), `${SHORT[metric] ?? metric} ${shown}`]);
  }
  return [...byNetwork].map(([network, values]) => [network, ...values].join(" ").trimStart()).join("  ");
}
