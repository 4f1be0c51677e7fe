import type {Answers} from '../schema.ts';

/** What would be looked at or logged in with, were the server of all used by anybody. Address and engine do no harm. */
const ofSharedServer = ['ca', 'clientCertificate', 'clientKey', 'admin'] as const;

/**
 * Answers about the database server of all where every component names one of its own, each in a sentence: nobody finds out that such a
 * file or login is wrong. Files of earlier versions may have them, when that server had to be named.
 */
export const unusedInAnswers = ({database, controlPlane, workspaces}: Answers): readonly string[] => {
	const isUsed = [controlPlane, ...workspaces].some((component) => component.database.server === undefined);
	if (isUsed) return [];
	return ofSharedServer
		.filter((key) => database[key] !== undefined)
		.map((key) => `database.${key} has no effect: every component names a database server of its own. Take it out`);
};
