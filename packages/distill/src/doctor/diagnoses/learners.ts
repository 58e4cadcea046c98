import { called } from "../../model/called.js";
import { type Diagnosis, doubt, type Finding, fault } from "../diagnosis.js";
import { isLabelTerm, termsOf } from "../label-terms.js";

/** A network that is judged and does not learn: it is frozen, or no loss reaches it. */
export const learners: Diagnosis = {
  name: "who learns",
  asks: "Does the network that is judged learn, and from the labels?",
  async examine({ parts, deciding, loaded: { config } }) {
    const judged = parts.find(({ name }) => name === deciding);
    const others = parts.filter(({ learns }) => learns).map(({ name }) => called(name));
    const findings: Finding[] = [];
    const reached = termsOf(config.loss, deciding);
    if (judged !== undefined && !judged.learns) {
      findings.push(
        fault(
          `${called(deciding)}, by which the training is judged (Metric.key), is frozen: it never changes.`,
          `Set Architecture.Models.${deciding}.freeze_params: false${others.length > 0 ? `, or judge one that learns: ${others.join(", ")}` : ""}.`,
        ),
      );
    } else if (reached.length === 0) {
      findings.push(
        fault(
          `No loss with a weight above 0 reads ${called(deciding)}, by which the training is judged (Metric.key).`,
          "Add it to model_name_list of the losses against labels, or give them a weight.",
        ),
      );
    } else if (!reached.some(({ term }) => isLabelTerm(term))) {
      findings.push(
        doubt(
          `${called(deciding)} learns from other networks alone: no loss compares it with the labels.`,
          "It can only become what they are. Name it in a DistillationCTCLoss, DistillationSARLoss or DistillationDBLoss too.",
        ),
      );
    }
    const frozen = parts.filter(({ learns }) => !learns).map(({ name }) => name);
    const stay = frozen.length === 0 ? "" : `, ${frozen.join(", ")} frozen`;
    return { seen: `${others.join(", ") || "no network"} learning${stay}; ${called(deciding)} is judged`, findings };
  },
};
