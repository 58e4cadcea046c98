import { DbPostProcess, type DetectedBox, DetMetric, type LabelledRegion, type Point } from "@retort/ocr-models";
import { type Batch, type Field, loadOpenCv } from "@retort/ocr-models/data";
import type { DbPostProcessConfig } from "../config/schema/post-process.js";
import { onlyNetwork } from "../losses/from-config.js";
import type { NamedReader } from "./reader.js";

function fieldOf(batch: Batch, name: string): Field {
  const field = batch.fields[name];
  if (field === undefined) throw new Error(`evaluation of boxes needs ${name}: add it to KeepKeys`);
  return field;
}

/** The regions of each picture, from polys [B, K, P, 2] and ignore_tags [B, K]. */
function regionsOf(batch: Batch): LabelledRegion[][] {
  const { data, shape } = fieldOf(batch, "polys");
  const tags = fieldOf(batch, "ignore_tags").data;
  const [pictures, regions, corners] = shape;
  const pointsOf = (region: number): Point[] =>
    Array.from({ length: corners }, (_, i): Point => {
      const at = 2 * (region * corners + i);
      return [data[at], data[at + 1]];
    });
  return Array.from({ length: pictures }, (_, picture) =>
    Array.from({ length: regions }, (_, i) => {
      const region = picture * regions + i;
      return { points: pointsOf(region), ignore: tags[region] !== 0 };
    }),
  );
}

/** Reads boxes from probability maps. Loads OpenCV, which needs Node. */
export async function boxReader(
  postProcess: DbPostProcessConfig,
): Promise<NamedReader<DetectedBox[], LabelledRegion[]>> {
  const { feature, models = [onlyNetwork] } = postProcess;
  const { cv } = await loadOpenCv();
  const boxes = new DbPostProcess(cv, postProcess.options);
  return {
    models,
    feature,
    read(maps, batch) {
      const { data, shape } = fieldOf(batch, "shape");
      const sizes = Array.from({ length: batch.size }, (_, i) => {
        const at = i * shape[1];
        return [data[at], data[at + 1]] as const;
      });
      const [pictures, channels, height, width] = maps.shape;
      return boxes.decode(maps.data, [pictures, channels, height, width], sizes);
    },
    wanted: regionsOf,
    makeMetric: () => new DetMetric(),
    asWanted: (boxes) => boxes.map(({ points }) => ({ points, ignore: false })),
  };
}
