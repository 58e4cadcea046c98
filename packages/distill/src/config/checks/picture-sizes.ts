import { scalesOf, widthsFor } from "@retort/ocr-models/data";
import { dataSections } from "../data-sections.js";
import type { DataConfig } from "../schema/data.js";
import type { TransformConfig } from "../schema/transform.js";

/** A size of pictures, and how many of them make a batch. */
export interface BatchSize {
  height: number;
  width: number;
  batchSize: number;
}

/**
 * The sizes that pictures come in, with the samples of a batch: the one that a transform gives, or the scales of a sampler,
 * and where widths follow the images the widest of each. Nothing when nothing resizes them, or a sampler's scale is
 * below its divided_factor.
 */
export function batchSizes(data: DataConfig): BatchSize[] {
  return scales(data).map((scale) => ({ ...scale, width: widths(data, scale).at(-1) as number }));
}

/** Every [height, width] that pictures can have; nothing when they can have any width. */
export function pictureSizes(data: DataConfig): [height: number, width: number][] {
  const growing = data.dataset.transforms.some((transform) => transform.name === "RecResizeImg" && transform.evalMode);
  if (growing) return [];
  return scales(data).flatMap((scale) => widths(data, scale).map((width): [number, number] => [scale.height, width]));
}

function scales(data: DataConfig): BatchSize[] {
  const { dataset, loader, sampler } = data;
  if (dataset.name === "MultiScaleDataSet") {
    const [factorW, factorH] = sampler?.dividedFactor ?? [0, 0];
    const tooSmall =
      sampler?.isTraining && sampler.scales.some(([width, height]) => width < factorW || height < factorH);
    const section = dataSections(data).sampler;
    return section === undefined || tooSmall ? [] : scalesOf(section);
  }
  const size = dataset.transforms.map(sizeOf).find((given) => given !== undefined);
  return size === undefined ? [] : [{ height: size[0], width: size[1], batchSize: loader.batchSize }];
}

/** [height, width] that a transform gives to every picture. */
function sizeOf(transform: TransformConfig): readonly [height: number, width: number] | undefined {
  switch (transform.name) {
    case "RecResizeImg":
    case "SVTRRecResizeImg":
      return [transform.imageShape[1], transform.imageShape[2]];
    case "EastRandomCropData":
      return [transform.size[1], transform.size[0]];
    case "DetResizeForTest":
      return transform.keepRatio ? undefined : transform.imageShape;
    default:
      return undefined;
  }
}

/** The widths of a scale: its own, or where widths follow the images every one that a batch can have. */
function widths(data: DataConfig, { height, width }: BatchSize): number[] {
  const section = data.dataset.widthsFollow ? dataSections(data).sampler : undefined;
  return section === undefined ? [width] : widthsFor(section, height);
}
