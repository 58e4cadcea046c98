const merged = /^(?:(.+)_)?(acc|acc_usable|norm_edit_dis|precision|recall|hmean|unusable|fps)$/;

/**
 * Metrics under the reference's merged names, taken apart by network: `acc` is the deciding network's, `Teacher_acc` that
 * of Teacher. A name that no metric has belongs to the deciding network.
 */
export function metricsByNetwork(
  metrics: Readonly<Record<string, number>>,
  deciding: string,
): Record<string, Record<string, number>> {
  const found = new Map<string, Record<string, number>>();
  for (const [name, value] of Object.entries(metrics)) {
    const [, network = deciding, metric] = merged.exec(name) ?? [name, deciding, name];
    found.set(network, { ...found.get(network), [metric]: value });
  }
  return Object.fromEntries(found);
}
