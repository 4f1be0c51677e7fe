/** What happened, of nearly every refusal of a registry, or of a host that it sent to. */
export const unused = 'Could not {what} ({peer}).';

/** What to do for a push that may be gone on with. */
export const sentOnce = 'Try again: what is already in the registry is not sent twice.';

/** What to do for a pull whose line is bad. */
export const pullAgain = 'Try again. If it comes back, look at the line, and at a proxy on the way.';

/** The answers that hold the login. */
export const login = ['registry.username', 'registry.password'] as const;

/** What else may be done about a host that nobody but the registry knows of. */
export const namedByRegistry = (address: string): string =>
	`The registry itself names ${address}: where that is wrong, have its token realm or its external URL corrected.`;

/** Cases again, as they are told of a host that the registry sent to. */
export const ofPeers = <const Cases extends Readonly<Record<string, object>>, const Words extends object>(
	cases: Cases,
	words: Words,
): {readonly [Name in keyof Cases & string as `elsewhere: ${Name}`]: Cases[Name] & Words} =>
	Object.fromEntries(Object.entries(cases).map(([name, told]) => [`elsewhere: ${name}`, {...told, ...words}])) as never;
