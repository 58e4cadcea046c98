import { type Diagnosis, doubt, type Finding } from "../diagnosis.js";

/** Networks that know nothing and teach each other from the first step: they agree on blanks, and hold each other there. */
export const mutual: Diagnosis = {
  name: "mutual learning",
  asks: "Do networks that know nothing yet teach each other?",
  async examine({ parts, loaded: { config } }) {
    const fresh = new Set(
      parts.filter(({ learns, weights }) => learns && weights === undefined).map(({ name }) => name),
    );
    const findings: Finding[] = [];
    let pairs = 0;
    for (const term of config.loss.terms) {
      if (!("pairs" in term) || term.weight === 0) continue;
      const early = term.pairs.filter((pair) => pair.every((name) => fresh.has(name)));
      pairs += early.length;
      if (early.length === 0 || (term.ramp !== undefined && term.ramp.start > 0)) continue;
      findings.push(
        doubt(
          `${term.kind} of ${early.map((pair) => pair.join(" and ")).join(", ")} counts from the first step, when both are random: such networks agree on reading nothing, and often stay there.`,
          "Give it a ramp that begins when they read alone, such as ramp: {start: 1000, steps: 500}, or begin with trained weights.",
        ),
      );
    }
    return {
      seen: pairs === 0 ? "no two fresh networks teach each other" : `${pairs} pairs of fresh networks`,
      findings,
    };
  },
};
