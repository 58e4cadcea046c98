/** Colours that tell series apart, on a light and on a dark page. */
export const seriesColours: readonly { readonly light: string; readonly dark: string }[] = [
  { light: "#2f6fde", dark: "#7aa9ff" },
  { light: "#d2571d", dark: "#ff9d66" },
  { light: "#1f8a5b", dark: "#5fcf9b" },
  { light: "#8250c4", dark: "#bb95f5" },
  { light: "#c8377e", dark: "#f58cbf" },
  { light: "#127f93", dark: "#5cc9dc" },
  { light: "#86642f", dark: "#cfae7c" },
  { light: "#667085", dark: "#aab2bf" },
];

/** Colours of everything else in plots: text, axes, grid. */
export const plotColours = {
  text: { light: "#475061", dark: "#a9b1c1" },
  axis: { light: "#b4bbc8", dark: "#4d566a" },
  grid: { light: "#e6e9ef", dark: "#2b3244" },
} as const;

/** The colour of series `i`; after the last one they begin again. */
export const colourOf = (i: number): string => seriesColours[i % seriesColours.length].light;
