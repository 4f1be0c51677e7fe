/** What happened, of nearly every refusal of a registry. */
export const unused = 'The registry {registry} could not be used to {what}.';

/** What to do for a push that may be gone on with. */
export const sentOnce = 'Start again: what is already in the registry is not sent twice.';

/** What to do for a pull whose line is bad. */
export const pullAgain = 'Start again. If it comes back, look at the line, and at a proxy on the way.';

/** The answers that hold the login. */
export const login = ['registry.username', 'registry.password'] as const;
