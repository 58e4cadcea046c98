/** What the progress line of a training tells about a step. */
export interface TrainingState {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly imagesPerSecond: number;
  readonly loss: number;
  /** The loss's weighted parts by their log names. */
  readonly parts: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly secondsLeft: number;
}

/** `epoch 3/12`: what stands before the bar. */
export function trainingHead({ epoch, epochs }: TrainingState): string {
  return `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
}

/** `212 img/s  loss 4.81 (ctc 2.10 sar 1.02)  lr 4.6e-4  ETA 2:10`: what stands after it. */
export function trainingTail(state: TrainingState): string {
  const parts = sumByKind(state.parts)
    .map(([kind, value]) => `${kind} ${number(value)}`)
    .join(" ");
  return [
    `${Math.round(state.imagesPerSecond)} img/s`,
    `loss ${number(state.loss)}${parts ? ` (${parts})` : ""}`,
    `lr ${learningRate(state.learningRate)}`,
    `ETA ${duration(state.secondsLeft)}`,
  ].join("  ");
}

/** Seconds as `2:10` or `1:02:10`; `-:--` while unknown. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-:--";
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const KINDS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^(loss_)?ctc(?!_logits)|^CTCLoss/, "ctc"],
  [/^(loss_)?sar|^SARLoss/, "sar"],
  [/^(loss_)?nrtr|^NRTRLoss/, "nrtr"],
  [/^(loss_)?dml/, "dml"],
  [/^dkd/, "dkd"],
  [/^kl_div/, "kl"],
  [/^ctc_logits/, "logits"],
  [/^loss_distance_l2/, "l2"],
];

/** Sums the parts of several networks and pairs by kind, the known kinds first; other names stay as they are. */
function sumByKind(parts: Readonly<Record<string, number>>): [kind: string, value: number][] {
  const sums = new Map<string, number>();
  for (const [name, value] of Object.entries(parts)) {
    if (name === "loss") continue;
    const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? name;
    sums.set(kind, (sums.get(kind) ?? 0) + value);
  }
  const known = KINDS.map(([, kind]) => kind);
  const rank = (kind: string): number => (known.includes(kind) ? known.indexOf(kind) : known.length);
  return [...sums].sort(([a], [b]) => rank(a) - rank(b));
}

const number = (value: number): string => (Math.abs(value) >= 1000 ? value.toExponential(1) : value.toFixed(2));
const learningRate = (value: number): string => (value === 0 ? "0" : value.toExponential(1));
