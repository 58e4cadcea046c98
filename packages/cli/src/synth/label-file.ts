/**
 * The texts of a label file in PaddleOCR's format: lines of path, tab, text.
 *
 * @throws Error naming the file and line without a tab.
 */
export function parseLabels(content: string, name: string): string[] {
  const texts: string[] = [];
  content.split(/\r?\n/).forEach((line, i) => {
    if (line === "") return;
    const [, text] = line.split("\t");
    if (text === undefined) throw new Error(`${name}:${i + 1}: expected path, tab, text; found "${line}"`);
    texts.push(text);
  });
  return texts;
}
