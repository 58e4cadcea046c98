// Tables of Markdown, laid out as the formatter does it.

/** A table with a row of headings. */
export function table(headings, rows) {
  const cells = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)));
  const line = (row, fill = " ") => `| ${row.map((cell, i) => cell.padEnd(widths[i], fill)).join(" | ")} |`;
  return [
    line(cells[0]),
    line(
      headings.map(() => ""),
      "-",
    ),
    ...cells.slice(1).map((row) => line(row)),
  ].join("\n");
}

export const mark = (holds) => (holds ? "yes" : "no");

export const code = (names) => names.map((name) => `\`${name}\``).join(", ");
