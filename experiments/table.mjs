const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The standard deviation of a sample; undefined for a single value. */
function deviation(values) {
  if (values.length < 2) return undefined;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1));
}

function cell(values) {
  const spread = deviation(values);
  const percent = (x) => (100 * x).toFixed(2);
  return spread === undefined ? percent(values[0]) : `${percent(mean(values))} ± ${percent(spread)}`;
}

/**
 * Mean and standard deviation over seeds of every arm's metrics, in percent, and its gain over the first arm by the first
 * metric, as a Markdown table; with a line on the teacher, if there is one.
 */
export function resultsTable(results, metrics, teacher) {
  const [main] = metrics;
  const valuesOf = (runs, metric) => runs.map((run) => run[metric]);
  const base = mean(valuesOf(Object.values(results)[0], main));
  const rows = Object.entries(results).map(([arm, runs]) => {
    const gain = (100 * (mean(valuesOf(runs, main)) - base)).toFixed(2);
    return `| ${[arm, runs.length, gain, ...metrics.map((metric) => cell(valuesOf(runs, metric)))].join(" | ")} |`;
  });
  const taught = metrics.map((metric) => teacher && `${metric} ${cell([teacher[metric]])}`).join(", ");
  return [
    `| arm | seeds | gain, points | ${metrics.map((metric) => `${metric}, %`).join(" | ")} |`,
    `|---|---|---|${metrics.map(() => "---|").join("")}`,
    ...rows,
    ...(teacher === undefined ? [] : ["", `The teacher on the same data, in percent: ${taught}.`]),
    "",
  ].join("\n");
}
