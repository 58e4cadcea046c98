const width = 280;
const gap = 8;
const title = 16;

const polygon = (points, attributes) => `<polygon points="${points.map((p) => p.join(",")).join(" ")}" ${attributes}/>`;

/** One photograph without its pixels: what is labelled, grey where it is marked as illegible, and what was found. */
function frame({ size, labels }, boxes, left, top) {
  const thin = 'fill="none" stroke="#d00" vector-effect="non-scaling-stroke"';
  return [
    `<svg x="${left}" y="${top}" width="${width}" height="${heightOf(size)}" viewBox="0 0 ${size.join(" ")}">`,
    `<rect width="${size[0]}" height="${size[1]}" fill="#f4f4f4"/>`,
    ...labels.map(({ points, transcription }) =>
      polygon(points, `fill="${["###", "*"].includes(transcription) ? "#ccc" : "#6b9"}"`),
    ),
    ...boxes.map(({ points }) => polygon(points, thin)),
    "</svg>",
  ].join("\n");
}

const heightOf = ([w, h]) => Math.round((width * h) / w);

/**
 * An SVG with a row for each photograph and a column for each arm: the photograph's labels as areas, and the outlines of
 * the boxes that the arm found. Photographs are `{ size: [width, height], labels }`, arms lists of boxes by their name.
 */
export function outlines(photos, arms) {
  const names = Object.keys(arms);
  const tops = [title + gap];
  for (const { size } of photos) tops.push(tops.at(-1) + heightOf(size) + gap);
  const left = (column) => gap + column * (width + gap);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left(names.length)}" height="${tops.at(-1)}">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...names.map(
      (name, column) => `<text x="${left(column)}" y="${title}" font-family="sans-serif" font-size="13">${name}</text>`,
    ),
    ...names.flatMap((name, column) =>
      photos.map((photo, row) => frame(photo, arms[name][row], left(column), tops[row])),
    ),
    "</svg>",
    "",
  ].join("\n");
}
