import type { Overrides } from "../config/overrides.js";
import { diagnoses } from "./diagnoses/index.js";
import type { Diagnosis, Outcome } from "./diagnosis.js";
import { fault } from "./diagnosis.js";
import { type DoctorOptions, Patient } from "./patient.js";

/** What a doctor tells as it goes: what it asks, and then what it found. */
export type DoctorReport =
  | ({ readonly kind: "asks" } & Pick<Diagnosis, "name" | "asks">)
  | ({ readonly kind: "found"; readonly seconds: number } & Pick<Diagnosis, "name" | "asks"> & Outcome);

/**
 * Answers why a config learns nothing: looks for one fault after another, what is quick to see first, and trains small
 * batches of its data. Nothing is written. Runs in Node.
 * @throws ConfigError with all problems of the config
 * @throws Error that names the file when the config or its dictionary cannot be read
 */
export async function* examine(
  path: string,
  overrides: Overrides = [],
  options: DoctorOptions = {},
): AsyncGenerator<DoctorReport> {
  const patient = await Patient.open(path, overrides, options);
  for (const diagnosis of diagnoses) {
    const { name, asks } = diagnosis;
    options.signal?.throwIfAborted();
    yield { kind: "asks", name, asks };
    const begun = performance.now();
    const outcome = await outcomeOf(diagnosis, patient);
    yield { kind: "found", name, asks, ...outcome, seconds: (performance.now() - begun) / 1000 };
  }
}

/** What a diagnosis found; that it failed is a fault of the patient too. */
async function outcomeOf(diagnosis: Diagnosis, patient: Patient): Promise<Outcome> {
  try {
    return await diagnosis.examine(patient);
  } catch (error) {
    patient.signal?.throwIfAborted();
    const { message } = error as Error;
    return { seen: "could not be examined", findings: [fault(message, "mend this first, then ask again")] };
  }
}
