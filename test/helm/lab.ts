import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {type Problem, ProblemError} from '../../source/base/problem.ts';

export const helmVersions = ['4.2.3', '3.18.0'] as const;

export const chartFolder = (name: string): string =>
	fileURLToPath(new URL(`../../rehearsal/charts/${name}`, import.meta.url));

/** The problem of work that must fail with one. */
export const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
	const error = await work.then(
		() => undefined,
		(caught: unknown) => caught,
	);
	if (error instanceof ProblemError) return error.problem;
	throw new Error(`no problem came, but ${String(error)}`);
};

/** A folder that is removed at the end. */
export const scratch = async (): Promise<{readonly folder: string; readonly remove: () => Promise<void>}> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-helm-'));
	return {folder, remove: () => rm(folder, {recursive: true, force: true})};
};

/** An executable shell script. */
export const script = async (folder: string, name: string, body: string): Promise<string> => {
	const file = path.join(folder, name);
	await writeFile(file, `#!/bin/sh\n${body}\n`);
	await chmod(file, 0o755);
	return file;
};

/** Real helm behind a script that writes down its arguments and environment. */
export const recordingHelm = async (folder: string, version: (typeof helmVersions)[number]) => {
	const {helm} = await fetchHelm(version);
	const log = path.join(folder, `calls-${version}.log`);
	const binary = await script(
		folder,
		`helm-${version}`,
		`printf '%s\\n' "$@" >> '${log}'\nenv >> '${log}'\nexec '${helm}' "$@"`,
	);
	return {binary, calls: () => readFile(log, 'utf8')};
};
