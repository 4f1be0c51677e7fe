/** How long a program that dumps may hand on no byte, ms: it waits for locks a minute, and then reads rows. */
export const dumpSilenceMs = 15 * 60_000;

/** The same for one that restores, ms: an index of a large table takes its time. */
export const restoreSilenceMs = 2 * 60 * 60_000;
