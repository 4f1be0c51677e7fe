import semver from 'semver';
import {oldestHelm} from './dialect.ts';
import {helmProblems} from './problems.ts';
import {versionIn} from './words.ts';

/** How a program is asked for its version; one that fails then need not be Helm at all. `binary` is what was started. */
export const askingVersion = (binary: string, signal: AbortSignal) => ({
	what: 'asking for its version',
	args: ['version', '--short'],
	failure: (said: string) =>
		helmProblems.error('helm-missing', {case: 'no version', binary}, {evidence: said.trim().split('\n').slice(-5)}),
	signal,
});

/**
 * The version in the output of `helm version --short`: `v3.18.0+gcc58e3f` gives `3.18.0`.
 * @throws ProblemError `helm-missing` when this is not Helm's output, `helm-too-old` below {@link oldestHelm}.
 */
export const parseVersion = (output: string, binary: string): string => {
	const version = semver.parse(versionIn(output) ?? null);
	if (version === null) {
		const evidence = output.trim().split('\n').slice(0, 5);
		throw helmProblems.error('helm-missing', {case: 'another program', binary}, {evidence});
	}
	if (semver.lt(version, oldestHelm)) throw helmProblems.error('helm-too-old', {version: version.version, binary});
	return version.version;
};
