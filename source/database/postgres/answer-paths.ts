/** The part of the answers that a login stands in. */
type Part = 'username' | 'password' | 'database';

/**
 * Paths of the answers that a login stands in; none when its place is not known. The administrator's database is called
 * differently from a component's.
 */
export const answerPaths = (from: string | undefined, parts: readonly Part[]): readonly string[] =>
	from === undefined
		? []
		: parts.map((part) => `${from}.${part === 'database' && from !== 'database.admin' ? 'name' : part}`);
