import type { Point, Polygon } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import type { DataConfig } from "../config/schema/data.js";

/** A region of text in a sample as a network sees it. */
export interface RegionView {
  /** Corners in pixels of what the network sees. */
  readonly points: Polygon;
  /** Whether nobody has to find it. */
  readonly ignore: boolean;
}

/** What a sample of detection has beside its pixels. */
export interface DetectionView {
  readonly regions: readonly RegionView[];
  /**
   * Red where text is to be found, green as strong as the threshold map where that counts, blue where finding does not
   * count; pixels of the sample's size. Missing where no maps are drawn, as in evaluation.
   */
  readonly maps?: Uint8Array;
}

/** A section with its regions kept beside what it keeps, and one sample a batch, since they differ in number. */
export function keepingRegions(data: DataConfig): DataConfig {
  const transforms = data.dataset.transforms.map((entry) => {
    if (entry.name !== "KeepKeys") return entry;
    return { ...entry, keepKeys: [...new Set([...entry.keepKeys, "polys", "ignore_tags"])] };
  });
  return { ...data, dataset: { ...data.dataset, transforms }, loader: { ...data.loader, batchSize: 1 } };
}

/** Regions and maps of the only sample of a batch. */
export function detectionView({ fields }: Batch): DetectionView {
  const { polys, ignore_tags: tags, shape } = fields;
  const [, count, corners] = polys.shape;
  // DetResizeForTest leaves regions as they are and says by how much it has multiplied the picture.
  const [down, across] = shape === undefined ? [1, 1] : shape.data.subarray(2, 4);
  const pointsOf = (region: number): Point[] =>
    Array.from({ length: corners }, (_, i): Point => {
      const at = 2 * (region * corners + i);
      return [polys.data[at] * across, polys.data[at + 1] * down];
    });
  const regions = Array.from({ length: count }, (_, i) => ({ points: pointsOf(i), ignore: tags.data[i] !== 0 }));
  return { regions, maps: mapPixels(fields) };
}

function mapPixels({
  threshold_map: level,
  threshold_mask: counts,
  shrink_map: text,
  shrink_mask: found,
}: Batch["fields"]): Uint8Array | undefined {
  if (!level || !counts || !text || !found) return undefined;
  const pixels = new Uint8Array(3 * text.data.length);
  for (let i = 0; i < text.data.length; i++) {
    pixels[3 * i] = 255 * text.data[i];
    pixels[3 * i + 1] = Math.round(255 * level.data[i] * counts.data[i]);
    pixels[3 * i + 2] = found.data[i] === 0 ? 255 : 0;
  }
  return pixels;
}
