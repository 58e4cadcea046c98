import { CtcLabelEncoder } from "./ctc-label.js";
import type { Dictionary } from "./dictionary.js";
import type { Encoded } from "./encoded.js";
import { NrtrLabelEncoder } from "./nrtr-label.js";
import { SarLabelEncoder } from "./sar-label.js";

export interface MultiLabel {
  /** As `CtcLabel.label`. */
  labelCtc: Int32Array;
  /** As `SarLabel.label` or `NrtrLabel.label`. */
  labelGuide: Int32Array;
  /** How many classes of `labelCtc` are not padding. */
  length: number;
}

/**
 * Encodes a text for a CTC head and for the SAR or NRTR head that guides it, after PaddleOCR's `MultiLabelEncode`. A text
 * that one of the two rejects is rejected, so the guide's limit of maxTextLength - 2 characters holds for both.
 */
export class MultiLabelEncoder {
  readonly ctc: CtcLabelEncoder;
  readonly guide: SarLabelEncoder | NrtrLabelEncoder;

  constructor(dictionary: Dictionary, maxTextLength: number, guide: "sar" | "nrtr" = "sar") {
    this.ctc = new CtcLabelEncoder(dictionary, maxTextLength);
    this.guide = new (guide === "sar" ? SarLabelEncoder : NrtrLabelEncoder)(dictionary, maxTextLength);
  }

  encode(text: string): Encoded<MultiLabel> {
    const ctc = this.ctc.encode(text);
    if (!ctc.ok) return ctc;
    const guide = this.guide.encode(text);
    if (!guide.ok) return guide;
    return { ok: true, value: { labelCtc: ctc.value.label, labelGuide: guide.value.label, length: ctc.value.length } };
  }
}
