/** How text calls a network; that of a config without sub-networks has the empty name. */
export const called = (network: string): string => (network === "" ? "the network" : network);
