import { MobileNetV1Enhance, type MobileNetV1EnhanceOptions } from "./mobilenet-v1-enhance.js";
import { MobileNetV3, type MobileNetV3Options } from "./mobilenet-v3.js";
import {
  PPLCNetV3,
  PPLCNetV3Detection,
  type PPLCNetV3Options,
  type PPLCNetV3StageOptions,
  ppLcNetV3Channels,
} from "./pp-lcnet-v3.js";
import { ResNetVd, type ResNetVdOptions } from "./resnet-vd.js";

/** The section of a config for the backbone of a recognition network. */
export type BackboneOptions =
  | ({ readonly name: "MobileNetV1Enhance" } & MobileNetV1EnhanceOptions)
  | ({ readonly name: "PPLCNetV3" } & PPLCNetV3Options);

/** What can stand as the backbone of a recognition network. */
export type Backbone = MobileNetV1Enhance | PPLCNetV3;

/** Makes the backbone of a recognition network by the name that a config gives it. */
export function makeBackbone(options: BackboneOptions): Backbone {
  switch (options.name) {
    case "MobileNetV1Enhance":
      return new MobileNetV1Enhance(options);
    case "PPLCNetV3":
      return new PPLCNetV3(options);
  }
}

/** The section of a config for the backbone of a detection network. */
export type DetectionBackboneOptions =
  | ({ readonly name: "MobileNetV3" } & MobileNetV3Options)
  | ({ readonly name: "PPLCNetV3" } & PPLCNetV3StageOptions)
  | ({ readonly name: "ResNet_vd" } & ResNetVdOptions);

/** What can stand as the backbone of a detection network: it gives four maps, each half as high and wide as the one before. */
export type DetectionBackbone = MobileNetV3 | PPLCNetV3Detection | ResNetVd;

/** Makes the backbone of a detection network by the name that a config gives it. */
export function makeDetectionBackbone(options: DetectionBackboneOptions): DetectionBackbone {
  switch (options.name) {
    case "MobileNetV3":
      return new MobileNetV3(options);
    case "PPLCNetV3":
      return new PPLCNetV3Detection(options);
    case "ResNet_vd":
      return new ResNetVd(options);
  }
}

export { MobileNetV1Enhance, MobileNetV3, PPLCNetV3, PPLCNetV3Detection, ppLcNetV3Channels, ResNetVd };
