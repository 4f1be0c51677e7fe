/** Logins that exist already cannot be generated (rules.ts). */
const isOfExisting = (path: string): boolean =>
	path === 'registry.password' || /(?:^|\.)database(?:\.server)?\.admin\.password$/u.test(path);

/** What can stand in the place of a secret, given by the path of its answer, for a sentence. */
export const referenceForms = (path: string): string =>
	`env:NAME, file:PATH, k8s:namespace/name/key${isOfExisting(path) ? '' : ', generate'}`;
