import { FormatError } from "@retort/tensor";

/** Bytes that are no pickle of plain data and NumPy arrays, or one that asks for more than that. */
export class PickleError extends FormatError {
  override name = "PickleError";
  /** Where the opcode begins that could not be carried out, in bytes from the start. */
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(`pickle: ${problem} (at byte ${offset})`);
    this.offset = offset;
  }
}
