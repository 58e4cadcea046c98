import { type BytePicture, channels } from "./picture.js";

/** Whether a file begins as a Windows bitmap does. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

interface Header {
  width: number;
  height: number;
  /** Rows are stored from the top. */
  fromTop: boolean;
  bits: number;
  /** Where the pixels begin. */
  start: number;
  /** Bytes from one row to the next. */
  stride: number;
  /** Where the palette begins, and its length; 0 without one. */
  palette: number;
  colours: number;
}

const fileHeaderBytes = 14;
const infoHeaderBytes = 40;
const uncompressed = 0;
const bitFields = 3;
/** Which bits are red, green and blue when they lie as in files without masks. */
const plainMasks = [0xff0000, 0xff00, 0xff];

/**
 * Decodes an uncompressed Windows bitmap (BITMAPINFOHEADER or later) with a palette of 1, 4 or 8 bits, or with 24 or 32
 * bits a pixel, of which the fourth byte is dropped, as `cv2.imread` does. sharp does not read this format. Throws an
 * Error for a file that is cut off, has another form, or more than `mostPixels`.
 */
export function decodeBmp(bytes: Uint8Array, mostPixels: number): BytePicture {
  const header = readHeader(bytes, mostPixels);
  const { width, height, fromTop, bits, start, stride } = header;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = start + (fromTop ? y : height - 1 - y) * stride;
    const to = y * width * channels;
    for (let x = 0; x < width; x++) {
      const from = bits > 8 ? row + (x * bits) / 8 : entryOf(bytes, row, x, header);
      for (let channel = 0; channel < channels; channel++) data[to + x * channels + channel] = bytes[from + channel];
    }
  }
  return { data, height, width };
}

/** Where the colour of a pixel stands in the palette. */
function entryOf(bytes: Uint8Array, row: number, x: number, { bits, palette, colours }: Header): number {
  const bit = x * bits;
  const index = (bytes[row + (bit >> 3)] >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
  if (index >= colours) throw new Error(`the bitmap uses colour ${index} of a palette of ${colours}`);
  return palette + 4 * index;
}

function readHeader(bytes: Uint8Array, mostPixels: number): Header {
  if (bytes.length < fileHeaderBytes + infoHeaderBytes) throw new Error("the bitmap ends inside of its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const infoBytes = view.getUint32(14, true);
  const [width, rows] = [view.getInt32(18, true), view.getInt32(22, true)];
  const height = Math.abs(rows);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (infoBytes < infoHeaderBytes) throw new Error(`the bitmap's header of ${infoBytes} bytes is not supported`);
  if (![1, 4, 8, 24, 32].includes(bits) || !isPlain(view, bits, compression)) {
    throw new Error(`a bitmap of ${bits} bits a pixel with compression ${compression} is not supported`);
  }
  if (width < 1 || height < 1 || width * height > mostPixels)
    throw new Error(`a bitmap of ${width} x ${height} pixels`);
  const stride = Math.floor((width * bits + 31) / 32) * 4;
  const colours = bits > 8 ? 0 : view.getUint32(46, true) || 1 << bits;
  const palette = fileHeaderBytes + infoBytes;
  if (colours > 1 << bits || start < palette + 4 * colours || start + stride * height > bytes.length) {
    throw new Error(`the bitmap of ${width} x ${height} pixels and ${bits} bits a pixel is cut off or damaged`);
  }
  return { width, height, fromTop: rows < 0, bits, start, stride, palette, colours };
}
/** Whether the pixels stand as they are: without compression, and in the order blue, green, red. */
function isPlain(view: DataView, bits: number, compression: number): boolean {
  if (compression === uncompressed) return true;
  if (compression !== bitFields || bits !== 32 || view.byteLength < 66) return false;
  return plainMasks.every((mask, i) => view.getUint32(54 + 4 * i, true) === mask);
}
