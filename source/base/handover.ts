/** A block of exact text for other people: DNS records, a script. `fileName` is used when the pack is saved. */
export type HandoverSection = {readonly title: string; readonly fileName: string; readonly lines: readonly string[]};
