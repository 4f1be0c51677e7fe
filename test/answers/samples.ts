import {loadAnswers} from '../../source/answers/file/load.ts';
import type {Override} from '../../source/answers/file/overrides.ts';
import {type Problem, ProblemsError} from '../../source/base/problem.ts';

/** The shortest answer file that is complete. */
export const shortest = `registry:
  host: registry.corp.internal:5000
tls:
  certificate: pki/tls.crt
  key: ~/tls.key
  ca: /etc/pki/ca.crt
database:
  host: postgres.corp.internal
controlPlane:
  host: zenml-pro.corp.internal
workspaces:
  - name: default
    host: zenml-workspace.corp.internal
`;

export const base = {file: 'site.yaml', baseDirectory: '/srv/site', homeDirectory: '/home/ada'};

export const load = (text: string, overrides: readonly Override[] = []) =>
	loadAnswers({text, overrides, ...base}).answers;

/** The problems of a text; fails the test where there are none. */
export const problemsOf = (text: string, overrides: readonly Override[] = []): readonly Problem[] => {
	try {
		load(text, overrides);
	} catch (error) {
		if (error instanceof ProblemsError) return error.problems;
		throw error;
	}
	throw new Error('The answers were accepted');
};

/** `line:column code message` of each problem. */
export const told = (problems: readonly Problem[]): readonly string[] =>
	problems.map(({location, code, message}) =>
		location ? `${location.line}:${location.column} ${code} ${message}` : `${code} ${message}`,
	);

/** The shortest file with one text replaced. Throws when the text is not in it. */
export const replaced = (from: string, to: string): string => {
	if (!shortest.includes(from)) throw new Error(`Not in the sample: ${from}`);
	return shortest.replace(from, to);
};
