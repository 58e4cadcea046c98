import { displayWidth, padDisplay } from "./terminal.js";

/** Rows of cells as lines, with every column as wide as its widest cell. The first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((cells) => displayWidth(cells[i]))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => padDisplay(text, widths[i]))
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}
