import { PickleError } from "./error.js";

/** The longest text that JavaScript can hold: V8's limit on 64-bit machines. */
const longestText = 2 ** 29 - 24;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A pickle as a stream: opcodes and their arguments, which are never longer than what is left of it. */
export class PickleBytes {
  /** Where the last opcode begins. */
  offset = 0;
  private at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Bytes in all. */
  get length(): number {
    return this.bytes.length;
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  /** The error of the opcode that is being carried out. */
  error(problem: string): PickleError {
    return new PickleError(problem, this.offset);
  }

  /** The next opcode. */
  opcode(): number {
    this.offset = this.at;
    return this.uint8();
  }

  /** The next bytes: a view, not a copy. */
  take(count: number): Uint8Array {
    return this.bytes.subarray(this.skip(count), this.at);
  }

  uint8(): number {
    return this.view.getUint8(this.skip(1));
  }

  uint16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  /** A length of eight bytes. */
  uint64(): number {
    const length = this.view.getBigUint64(this.skip(8), true);
    if (length > this.left) throw this.missing(length);
    return Number(length);
  }

  /** A float64, the most significant byte first. */
  float64(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  /** The text up to the next line end, which is passed over; each byte is a character. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.error("the file ends within a line of text");
    const line = this.latin1(end - this.at);
    this.at++;
    return line;
  }

  /** Text of `count` bytes of UTF-8. */
  utf8(count: number): string {
    const bytes = this.textBytes(count);
    try {
      return decoder.decode(bytes);
    } catch {
      throw this.error("the text is not UTF-8");
    }
  }

  /** Text of `count` bytes, each a character of Latin-1. (A `TextDecoder` takes "latin1" for Windows-1252.) */
  latin1(count: number): string {
    const bytes = this.textBytes(count);
    const pieces: string[] = [];
    for (let at = 0; at < count; at += 8192) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
    return pieces.join("");
  }

  private textBytes(count: number): Uint8Array {
    const bytes = this.take(count);
    if (count > longestText) throw this.error(`a text of ${count} bytes is longer than JavaScript can hold`);
    return bytes;
  }

  /** Passes over `count` bytes and returns where they begin. */
  private skip(count: number): number {
    if (count > this.left) throw this.missing(count);
    const start = this.at;
    this.at += count;
    return start;
  }

  private missing(count: number | bigint): PickleError {
    return this.error(`${count} more bytes should follow, ${this.left} are there`);
  }
}
