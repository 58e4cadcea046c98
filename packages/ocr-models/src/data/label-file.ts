import type { PictureSize } from "./picture.js";

/** One line of a label file. */
export interface LabelLine {
  /** The image, or a list of images of which one is drawn each time. */
  paths: string[];
  label: string;
  /** Where the line stands, for messages: "train.txt, line 7". */
  where: string;
  /** Width and height of the image, where the line says them. */
  size?: PictureSize;
  /** Why the line cannot be used, where its source knows that. */
  problem?: { reason: string; detail: string };
}

/**
 * Reads a label file: one `path<delimiter>label` a line, UTF-8. The path may be a JSON list of paths. A byte order mark,
 * "\r\n" and blank lines are allowed; fields after the second are ignored, as in the reference. `name` stands for the
 * file in messages. With `sizes` the third and fourth field are the image's width and height. Throws an Error that names
 * the first line that lacks a delimiter, a path or its sizes, or is not UTF-8, and says how many there are.
 */
export function parseLabelFile(
  bytes: Uint8Array,
  name: string,
  delimiter = "\t",
  { sizes = false }: { sizes?: boolean } = {},
): LabelLine[] {
  const lines: LabelLine[] = [];
  const problems: string[] = [];
  decode(bytes, name)
    .split("\n")
    .forEach((raw, i) => {
      const line = raw.replace(/^\r+|\r+$/g, "");
      if (line === "") return;
      const read = readLine(line, delimiter, `${name}, line ${i + 1}`, sizes);
      if (typeof read === "string") problems.push(read);
      else lines.push(read);
    });
  if (problems.length === 0) return lines;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more such lines)` : "";
  throw new Error(problems[0] + more);
}

/** A line, or what is wrong with it. */
function readLine(line: string, delimiter: string, where: string, sizes: boolean): LabelLine | string {
  const [path, label, width, height] = line.split(delimiter);
  if (label === undefined) return `${where}: expected path, ${shown(delimiter)}, label; found ${shown(line)}`;
  const paths = path.startsWith("[") ? readPaths(path) : [path];
  if (paths.length === 0 || paths.includes("")) return `${where}: no image path in ${shown(path)}`;
  if (!sizes) return { paths, label, where };
  const size = { width: Number(width), height: Number(height) };
  if (size.width > 0 && size.height > 0) return { paths, label, where, size };
  return `${where}: expected path, label, and the image's width and height; found ${shown(line)}`;
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${name}, line ${badLine(bytes)}: not UTF-8`);
  }
}

/** The number of the first line that is not UTF-8. */
function badLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let start = 0, line = 1; ; line++) {
    const feed = bytes.indexOf(0x0a, start);
    try {
      decoder.decode(bytes.subarray(start, feed < 0 ? bytes.length : feed));
    } catch {
      return line;
    }
    if (feed < 0) return line;
    start = feed + 1;
  }
}

/** A path that starts with a bracket is a JSON list if it reads as one, else a path. */
function readPaths(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((path) => typeof path === "string")) return list as string[];
  } catch {
    return [text];
  }
  return [text];
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
