import type { TileColumns } from "../wasm/index.js";

let chosen: TileColumns | undefined;
let looked = false;

/** Columns of register tiles that `RETORT_TILE_COLUMNS` or a call chose. @throws Error when the variable is neither 8 nor 16 */
export function chosenTileColumns(): TileColumns | undefined {
  if (!looked) {
    const text = globalThis.process?.env.RETORT_TILE_COLUMNS;
    if (text !== undefined && text !== "") chosen = checked(Number(text), "RETORT_TILE_COLUMNS", text);
    looked = true;
  }
  return chosen;
}

/** Columns of the register tiles in use: the chosen ones, or 8. They do not change results. */
export function tileColumns(): TileColumns {
  return chosenTileColumns() ?? 8;
}

/** Chooses the columns of register tiles for all that follows. @throws Error when they are neither 8 nor 16 */
export function setTileColumns(columns: TileColumns): void {
  chosen = checked(columns, "setTileColumns", String(columns));
  looked = true;
}

function checked(columns: number, source: string, found: string): TileColumns {
  if (columns !== 8 && columns !== 16) throw new Error(`${source}: expected 8 or 16, found "${found}"`);
  return columns;
}
