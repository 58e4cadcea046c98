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

/** Mean and standard deviation over seeds of every arm, and its gain over the first, as a Markdown table; a line on the teacher, if there is one. */
export function resultsTable(results, teacher) {
  const [first] = Object.values(results);
  const base = mean(first.map(({ acc }) => acc));
  const rows = Object.entries(results).map(([arm, runs]) => {
    const accuracies = runs.map(({ acc }) => acc);
    const gain = (100 * (mean(accuracies) - base)).toFixed(2);
    return `| ${arm} | ${runs.length} | ${cell(accuracies)} | ${gain} | ${cell(runs.map((run) => run.norm_edit_dis))} |`;
  });
  return [
    "| arm | seeds | accuracy of the Student, % | gain, points | edit similarity, % |",
    "|---|---|---|---|---|",
    ...rows,
    ...(teacher === undefined ? [] : ["", `The frozen teacher reads ${cell([teacher.acc])} % of the same lines.`]),
    "",
  ].join("\n");
}
