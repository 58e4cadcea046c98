import { brotliDecompressSync, inflateSync } from "node:zlib";

/**
 * The code points that a font file has glyphs for: its `cmap` table, read from TTF, OTF, TTC (first font), WOFF and
 * WOFF2 bytes (OpenType specification, table `cmap`; W3C WOFF File Format 1.0 and 2.0).
 *
 * Skia draws an empty box or borrows another font for a missing character, so the generator asks here first.
 *
 * @throws Error when the bytes are not a font of these kinds or hold no Unicode cmap of format 4, 6, 12 or 13.
 */
export function coverage(font: Uint8Array): Set<number> {
  const table = cmapTable(view(font));
  const points = new Set<number>();
  for (const subtable of unicodeSubtables(table)) addSubtable(subtable, points);
  if (points.size === 0) throw new Error("the font has no Unicode character map of format 4, 6, 12 or 13");
  return points;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tag(data: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => data.getUint8(offset + i)));
}

function part(data: DataView, offset: number, length?: number): DataView {
  return new DataView(data.buffer, data.byteOffset + offset, length ?? data.byteLength - offset);
}

function cmapTable(font: DataView): DataView {
  const kind = font.byteLength >= 12 ? tag(font, 0) : "";
  if (kind === "wOFF") return fromWoff(font);
  if (kind === "wOF2") return fromWoff2(font);
  if (kind === "ttcf") return fromSfnt(font, font.getUint32(12));
  if (kind === "\0\x01\0\0" || kind === "OTTO" || kind === "true") return fromSfnt(font, 0);
  throw new Error("not a TTF, OTF, TTC, WOFF or WOFF2 font");
}

function fromSfnt(font: DataView, start: number): DataView {
  const tables = font.getUint16(start + 4);
  for (let i = 0; i < tables; i++) {
    const entry = start + 12 + 16 * i;
    if (tag(font, entry) === "cmap") return part(font, font.getUint32(entry + 8), font.getUint32(entry + 12));
  }
  throw new Error("the font has no cmap table");
}

function fromWoff(font: DataView): DataView {
  const tables = font.getUint16(12);
  for (let i = 0; i < tables; i++) {
    const entry = 44 + 20 * i;
    if (tag(font, entry) !== "cmap") continue;
    const [offset, packed, length] = [4, 8, 12].map((at) => font.getUint32(entry + at));
    const bytes = part(font, offset, packed);
    return packed === length ? bytes : view(inflateSync(bytes));
  }
  throw new Error("the font has no cmap table");
}

// Indices in WOFF2's list of known table tags.
const CMAP = 0;
const GLYF = 10;
const LOCA = 11;
const OTHER_TAG = 63;

function fromWoff2(font: DataView): DataView {
  if (tag(font, 4) === "ttcf") throw new Error("WOFF2 font collections are not supported");
  const tables = font.getUint16(12);
  let at = 48;
  const base128 = (): number => {
    for (let value = 0; ; ) {
      const byte = font.getUint8(at++);
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
  };
  let offset = 0;
  let cmap: [offset: number, length: number] | undefined;
  for (let i = 0; i < tables; i++) {
    const flags = font.getUint8(at++);
    const known = flags & 63;
    const name = known === OTHER_TAG ? tag(font, at) : "";
    if (known === OTHER_TAG) at += 4;
    const version = flags >> 6;
    let length = base128();
    const transformed = known === GLYF || known === LOCA ? version !== 3 : version !== 0;
    if (transformed) length = base128();
    if (known === CMAP || name === "cmap") cmap = [offset, length];
    offset += length;
  }
  if (!cmap) throw new Error("the font has no cmap table");
  return part(view(brotliDecompressSync(part(font, at, font.getUint32(20)))), ...cmap);
}

function* unicodeSubtables(cmap: DataView): Generator<DataView> {
  const count = cmap.getUint16(2);
  for (let i = 0; i < count; i++) {
    const platform = cmap.getUint16(4 + 8 * i);
    const encoding = cmap.getUint16(6 + 8 * i);
    const unicode = platform === 0 ? encoding !== 5 : platform === 3 && (encoding === 1 || encoding === 10);
    if (unicode) yield part(cmap, cmap.getUint32(8 + 8 * i));
  }
}

function addSubtable(table: DataView, points: Set<number>): void {
  const format = table.getUint16(0);
  if (format === 4) addSegments(table, points);
  if (format === 6) addTrimmed(table, points);
  if (format === 12 || format === 13) addGroups(table, points, format === 12);
}

function addSegments(table: DataView, points: Set<number>): void {
  const bytes = table.getUint16(6);
  const [ends, starts, deltas, ranges] = [14, 16 + bytes, 16 + 2 * bytes, 16 + 3 * bytes];
  for (let i = 0; i < bytes; i += 2) {
    const start = table.getUint16(starts + i);
    const end = table.getUint16(ends + i);
    const delta = table.getUint16(deltas + i);
    const range = table.getUint16(ranges + i);
    for (let point = start; point <= end && point < 0xffff; point++) {
      const listed = range === 0 ? undefined : table.getUint16(ranges + i + range + 2 * (point - start));
      const glyph = listed === 0 ? 0 : ((listed ?? point) + delta) & 0xffff;
      if (glyph !== 0) points.add(point);
    }
  }
}

function addTrimmed(table: DataView, points: Set<number>): void {
  const first = table.getUint16(6);
  const count = table.getUint16(8);
  for (let i = 0; i < count; i++) if (table.getUint16(10 + 2 * i) !== 0) points.add(first + i);
}

function addGroups(table: DataView, points: Set<number>, consecutive: boolean): void {
  const groups = table.getUint32(12);
  for (let i = 0; i < groups; i++) {
    const [start, end, glyph] = [16, 20, 24].map((at) => table.getUint32(at + 12 * i));
    for (let point = start; point <= end; point++) {
      if ((consecutive ? glyph + point - start : glyph) !== 0) points.add(point);
    }
  }
}
