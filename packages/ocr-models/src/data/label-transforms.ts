import { CtcLabelEncoder } from "../text/ctc-label.js";
import type { Dictionary } from "../text/dictionary.js";
import type { Encoded } from "../text/encoded.js";
import { MultiLabelEncoder } from "../text/multi-label.js";
import { NrtrLabelEncoder } from "../text/nrtr-label.js";
import { SarLabelEncoder } from "../text/sar-label.js";
import { checkOptions, type Options, oneOf } from "./options.js";
import type { Field } from "./picture.js";
import { Rejection, scalar, type Transform, vector, withFields } from "./sample.js";

/** What label encoders need from a config's Global section. */
export interface LabelSetup {
  dictionary: Dictionary;
  /** Global.max_text_length. */
  maxTextLength: number;
}

/** `CTCLabelEncode`: gives `label`, `length` and `label_ace` (see `CtcLabelEncoder`). */
export function ctcLabelEncode(options: Options, { dictionary, maxTextLength }: LabelSetup): Transform {
  checkOptions("CTCLabelEncode", options, []);
  const encoder = new CtcLabelEncoder(dictionary, maxTextLength);
  return encodeLabel(
    (text) => encoder.encode(text),
    ({ label, length, labelAce }) => ({
      label: vector(label),
      length: scalar(length, "int32"),
      label_ace: vector(labelAce),
    }),
  );
}

/** `SARLabelEncode`: gives `label` and `length` (see `SarLabelEncoder`). */
export function sarLabelEncode(options: Options, { dictionary, maxTextLength }: LabelSetup): Transform {
  checkOptions("SARLabelEncode", options, []);
  const encoder = new SarLabelEncoder(dictionary, maxTextLength);
  return encodeLabel(
    (text) => encoder.encode(text),
    ({ label, length }) => ({
      label: vector(label),
      length: scalar(length, "int32"),
    }),
  );
}

/** `NRTRLabelEncode`: gives `label` and `length` (see `NrtrLabelEncoder`). */
export function nrtrLabelEncode(options: Options, { dictionary, maxTextLength }: LabelSetup): Transform {
  checkOptions("NRTRLabelEncode", options, []);
  const encoder = new NrtrLabelEncoder(dictionary, maxTextLength);
  return encodeLabel(
    (text) => encoder.encode(text),
    ({ label, length }) => ({ label: vector(label), length: scalar(length, "int32") }),
  );
}

/**
 * `MultiLabelEncode`: gives `label_ctc`, `length` and `label_sar` or, where `gtc_encode` names what makes it (SAR's or
 * NRTR's encoder), `label_gtc` (see `MultiLabelEncoder`).
 */
export function multiLabelEncode(options: Options, { dictionary, maxTextLength }: LabelSetup): Transform {
  checkOptions("MultiLabelEncode", options, ["gtc_encode"]);
  const gtc = oneOf("MultiLabelEncode", options, "gtc_encode", ["", "SARLabelEncode", "NRTRLabelEncode"]);
  const encoder = new MultiLabelEncoder(dictionary, maxTextLength, gtc === "NRTRLabelEncode" ? "nrtr" : "sar");
  return encodeLabel(
    (text) => encoder.encode(text),
    ({ labelCtc, labelGuide, length }) => ({
      label_ctc: vector(labelCtc),
      [gtc === "" ? "label_sar" : "label_gtc"]: vector(labelGuide),
      length: scalar(length, "int32"),
    }),
  );
}

function encodeLabel<T>(encode: (text: string) => Encoded<T>, fields: (value: T) => Record<string, Field>): Transform {
  return (sample) => {
    const encoded = encode(sample.label);
    if (!encoded.ok) return new Rejection(labelReasons[encoded.reason], encoded.detail);
    return withFields(sample, fields(encoded.value));
  };
}

const labelReasons = {
  empty: "label empty",
  "too long": "label too long",
  "no known character": "label without a known character",
} as const;
