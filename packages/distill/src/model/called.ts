/** How text calls a network; that of a config without sub-networks has no name, or the empty one. */
export const called = (network: string | undefined): string => network || "the network";
