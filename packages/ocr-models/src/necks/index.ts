import { DbFpn, type DbFpnOptions } from "./db-fpn.js";
import { LkPan, type LkPanOptions } from "./lk-pan.js";
import { RseFpn, type RseFpnOptions } from "./rse-fpn.js";

/** The section of a config for the neck of a detection network. */
export type DetectionNeckOptions =
  | ({ readonly name: "DBFPN" } & DbFpnOptions)
  | ({ readonly name: "RSEFPN" } & RseFpnOptions)
  | ({ readonly name: "LKPAN" } & LkPanOptions);

/** What can stand as the neck of a detection network. */
export type DetectionNeck = DbFpn | RseFpn | LkPan;

/** Makes the neck of a detection network, for maps of these channels, by the name that a config gives it. */
export function makeDetectionNeck(inputs: readonly number[], options: DetectionNeckOptions): DetectionNeck {
  switch (options.name) {
    case "DBFPN":
      return new DbFpn(inputs, options);
    case "RSEFPN":
      return new RseFpn(inputs, options);
    case "LKPAN":
      return new LkPan(inputs, options);
  }
}

export { DbFpn, LkPan, RseFpn };
