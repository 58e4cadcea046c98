/** `87.5 %` of a share. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
