/** One usable line of a label file. */
export interface LabelLine {
  /** The image, or a list of images of which one is drawn each time. */
  paths: string[];
  label: string;
  /** Where the line stands, for messages: "train.txt, line 7". */
  where: string;
}

/**
 * Reads a label file: one `path<delimiter>label` a line, UTF-8. The path may be a JSON list of paths. A byte order mark,
 * "\r\n" and blank lines are allowed; fields after the second are ignored, as in the reference. `name` stands for the
 * file in messages. Throws an Error that names the first line that lacks a delimiter or a path, or is not UTF-8, and
 * says how many there are.
 */
export function parseLabelFile(bytes: Uint8Array, name: string, delimiter = "\t"): LabelLine[] {
  const lines: LabelLine[] = [];
  const problems: string[] = [];
  decode(bytes, name)
    .split("\n")
    .forEach((raw, i) => {
      const line = raw.replace(/^\r+|\r+$/g, "");
      if (line === "") return;
      const where = `${name}, line ${i + 1}`;
      const [path, label] = line.split(delimiter);
      const paths = path.startsWith("[") ? readPaths(path) : [path];
      if (label === undefined)
        problems.push(`${where}: expected path, ${shown(delimiter)}, label; found ${shown(line)}`);
      else if (paths.length === 0 || paths.includes("")) problems.push(`${where}: no image path in ${shown(path)}`);
      else lines.push({ paths, label, where });
    });
  if (problems.length === 0) return lines;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more such lines)` : "";
  throw new Error(problems[0] + more);
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
