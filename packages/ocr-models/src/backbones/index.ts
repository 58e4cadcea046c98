import { MobileNetV1Enhance, type MobileNetV1EnhanceOptions } from "./mobilenet-v1-enhance.js";

/** A backbone's section of a config. */
export type BackboneOptions = { readonly name: "MobileNetV1Enhance" } & MobileNetV1EnhanceOptions;

/** Every backbone by the name that a config gives it. */
export const backbones: { MobileNetV1Enhance: typeof MobileNetV1Enhance } = { MobileNetV1Enhance };

/** What can stand as a backbone. */
export type Backbone = MobileNetV1Enhance;

export { MobileNetV1Enhance };
