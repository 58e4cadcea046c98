/** Where text goes: `process.stdout` and the like. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command sees of the outside. Results go to `out`; progress and warnings go to `err`. */
export interface Terminal {
  readonly out: TextStream;
  readonly err: TextStream;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Writes one line. */
export function writeLine(stream: TextStream, text = ""): void {
  stream.write(`${text}\n`);
}

/** Writes a value as one JSON document, for machines. */
export function writeJson(stream: TextStream, value: unknown): void {
  writeLine(stream, JSON.stringify(value, null, 2));
}

/** How many terminal columns a text fills: wide East Asian characters (Unicode TR 11) count two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Fills a text up with spaces to a number of terminal columns. */
export function padDisplay(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function characterWidth(character: string): number {
  if (/\p{Mark}/u.test(character)) return 0;
  const point = character.codePointAt(0)!;
  return WIDE.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
}
