/**
 * A number of channels as a multiple of `divisor`, at least one, that is not more than a tenth smaller
 * (det_mobilenet_v3.py, rec_lcnetv3.py make_divisible).
 */
export function roundedChannels(channels: number, divisor: number): number {
  const near = Math.max(divisor, Math.floor(Math.trunc(channels + divisor / 2) / divisor) * divisor);
  return near < 0.9 * channels ? near + divisor : near;
}
