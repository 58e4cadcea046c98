import { MobileNetV1Enhance, type MobileNetV1EnhanceOptions } from "./mobilenet-v1-enhance.js";
import { PPLCNetV3, type PPLCNetV3Options, ppLcNetV3Channels } from "./pp-lcnet-v3.js";

/** A backbone's section of a config. */
export type BackboneOptions =
  | ({ readonly name: "MobileNetV1Enhance" } & MobileNetV1EnhanceOptions)
  | ({ readonly name: "PPLCNetV3" } & PPLCNetV3Options);

/** What can stand as a backbone. */
export type Backbone = MobileNetV1Enhance | PPLCNetV3;

/** Makes a backbone by the name that a config gives it. */
export function makeBackbone(options: BackboneOptions): Backbone {
  switch (options.name) {
    case "MobileNetV1Enhance":
      return new MobileNetV1Enhance(options);
    case "PPLCNetV3":
      return new PPLCNetV3(options);
  }
}

export { MobileNetV1Enhance, PPLCNetV3, ppLcNetV3Channels };
