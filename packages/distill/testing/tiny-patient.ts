import { Patient } from "../src/doctor/patient.js";
import { ramps, tinyAloneConfig, tinyConfig } from "./tiny-training.js";

/** The two networks of `tinyConfig`, which learn alone at first, to be examined; further overrides win. */
export function tinyPatient(folder: string, overrides: Record<string, unknown> = {}, seconds = 60): Promise<Patient> {
  return Patient.open(...tinyConfig(folder, { ...ramps({ start: 700, steps: 400 }), ...overrides }), { seconds });
}

/** The network of `tinyAloneConfig`, to be examined; further overrides win. */
export function tinyPatientAlone(
  folder: string,
  overrides: Record<string, unknown> = {},
  seconds = 60,
): Promise<Patient> {
  return Patient.open(...tinyAloneConfig(folder, overrides), { seconds });
}
