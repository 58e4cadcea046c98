import { parseModel } from "../config/model.js";
import { applyOverrides, type Overrides, readOverrides } from "../config/overrides.js";
import type { ArchitectureConfig } from "../config/schema/architecture.js";
import type { LossConfig } from "../config/schema/loss.js";
import { readYaml } from "../config/yaml.js";

/** What a benchmark takes from a config. */
export interface BenchModel {
  readonly architecture: ArchitectureConfig;
  readonly loss: LossConfig;
  /** Global.max_text_length. */
  readonly maxTextLength: number;
  /** Size of the training images. */
  readonly height: number;
  readonly width: number;
}

/** The value at a path of keys; undefined where a key is missing. */
function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

/** [height, width] that a transform of the training data brings images to. */
function sizeOf(entry: unknown): unknown[] | undefined {
  const line = at(entry, "RecResizeImg", "image_shape") ?? at(entry, "SVTRRecResizeImg", "image_shape");
  if (Array.isArray(line)) return line.slice(1);
  const crop = at(entry, "EastRandomCropData", "size");
  return Array.isArray(crop) ? [crop[1], crop[0]] : undefined;
}

/** The size of the training images of a config. */
function imageSize(value: unknown, file: string): Pick<BenchModel, "height" | "width"> {
  const transforms = at(value, "Train", "dataset", "transforms");
  const sizes = Array.isArray(transforms) ? transforms.map(sizeOf) : [];
  const [height, width] = sizes.find((size) => size !== undefined) ?? [];
  if (typeof height === "number" && typeof width === "number") return { height, width };
  throw new Error(
    `${file}: Train.dataset.transforms has no RecResizeImg or SVTRRecResizeImg with an image_shape [3, height, width], nor an EastRandomCropData with a size [width, height]`,
  );
}

/**
 * Reads networks, losses and image size from the text of a config, without its dictionary, data and optimizer.
 * @throws ConfigError with the problems of Architecture and Loss
 * @throws Error when Train resizes nothing, or Global.max_text_length is below 3
 */
export function readBenchModel(text: string, file: string, overrides: Overrides): BenchModel {
  const { value } = readYaml(text, file);
  applyOverrides(value, readOverrides(overrides));
  const { architecture, loss } = parseModel({ Architecture: at(value, "Architecture"), Loss: at(value, "Loss") });
  const maxTextLength = at(value, "Global", "max_text_length") ?? 25;
  if (typeof maxTextLength !== "number" || maxTextLength < 3) {
    throw new Error(
      `${file}: Global.max_text_length: expected a number from 3 on, found ${JSON.stringify(maxTextLength)}`,
    );
  }
  return { architecture, loss, maxTextLength, ...imageSize(value, file) };
}

/**
 * As `readBenchModel`, from a file. Runs in Node.
 * @throws Error naming the file that cannot be read
 */
export async function loadBenchModel(file: string, overrides: Overrides = []): Promise<BenchModel> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the config "${file}" cannot be read: ${error.code}`);
  });
  return readBenchModel(text, file, overrides);
}
