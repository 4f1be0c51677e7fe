import {spawnSync} from 'node:child_process';

/** What is read of `npm audit --json` (npm docs, npm-audit): what was found, or why the registry was not asked. */
type Audit = {
	readonly message?: string;
	readonly vulnerabilities?: Readonly<Record<string, {readonly severity: string}>>;
};

/** What `npm audit --json` said, in words for who releases. @param answer its standard output */
export const auditWords = (answer: string): string => {
	const {message = 'it said nothing that can be read', vulnerabilities} = readAudit(answer);
	if (!vulnerabilities)
		return `known faults of the libraries were not looked for, because npm audit could not ask: ${message}. Ask where npm's own registry is reached, before this is published.`;
	const found = Object.entries(vulnerabilities).map(([name, {severity}]) => `${name} (${severity})`);
	if (found.length === 0) return 'npm audit knows no fault of the libraries';
	return `npm audit knows faults of ${found.join(', ')}: mend them, or write into the changelog why they do not matter here.`;
};

const readAudit = (answer: string): Audit => {
	try {
		return JSON.parse(answer) as Audit;
	} catch {
		return {};
	}
};

/** Asks npm's registry for known faults of the libraries that are there at run time. @param root folder of the project, absolute */
export const askForFaults = (root: string): string => {
	const words = ['audit', '--omit=dev', '--json'];
	// The answer names each fault once; a registry that hangs must not hold up a release that is made already.
	const {stdout} = spawnSync('npm', words, {cwd: root, encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 26});
	return auditWords(stdout);
};
