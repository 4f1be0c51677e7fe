import {type TestContext, test} from 'vitest';

/** A test that plays another user of this host, which only root can; left out elsewhere, and its name says why. */
export const asRoot = (
	name: string,
	body: (context: TestContext) => Promise<void> | void,
	timeoutMs = 60_000,
): void => {
	if (process.getuid?.() === 0) test(name, {timeout: timeoutMs}, body);
	else test.skip(`${name} (left out: only root can play another user)`);
};

/** The number of a user that no host has. */
export const stranger = 54_321;
