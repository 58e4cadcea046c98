import { CtcLabelEncoder } from "./ctc-label.js";
import type { Dictionary } from "./dictionary.js";
import type { Encoded } from "./encoded.js";
import { SarLabelEncoder } from "./sar-label.js";

export interface MultiLabel {
  /** As `CtcLabel.label`. */
  labelCtc: Int32Array;
  /** As `SarLabel.label`. */
  labelSar: Int32Array;
  /** How many classes of `labelCtc` are not padding. */
  length: number;
}

/**
 * Encodes a text for a CTC and a SAR head at once, after PaddleOCR's `MultiLabelEncode`. A text that one of the two
 * rejects is rejected, so SAR's limit of maxTextLength - 2 characters holds for both.
 */
export class MultiLabelEncoder {
  readonly ctc: CtcLabelEncoder;
  readonly sar: SarLabelEncoder;

  constructor(dictionary: Dictionary, maxTextLength: number) {
    this.ctc = new CtcLabelEncoder(dictionary, maxTextLength);
    this.sar = new SarLabelEncoder(dictionary, maxTextLength);
  }

  encode(text: string): Encoded<MultiLabel> {
    const ctc = this.ctc.encode(text);
    if (!ctc.ok) return ctc;
    const sar = this.sar.encode(text);
    if (!sar.ok) return sar;
    return { ok: true, value: { labelCtc: ctc.value.label, labelSar: sar.value.label, length: ctc.value.length } };
  }
}
