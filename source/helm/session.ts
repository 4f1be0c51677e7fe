import {shared} from '../base/pool.ts';
import {type Dialect, dialectOf} from './dialect.ts';
import {helmProblems} from './problems.ts';
import {type Binary, foundHelm, type Invocation, type Runner} from './program.ts';
import {askingVersion, parseVersion} from './version.ts';

/** One helm program against one cluster. */
export type Session = {
	readonly run: Runner;
	/** @throws ProblemError `helm-missing`, `helm-too-old` */
	readonly version: (signal: AbortSignal) => Promise<string>;
	readonly dialect: (signal: AbortSignal) => Promise<Dialect>;
	/** Runs a command that answers JSON. @throws ProblemError `helm-unreadable-answer` */
	readonly json: (invocation: Invocation) => Promise<unknown>;
	/** Arguments that name the namespace and the cluster. */
	readonly at: (namespace: string) => readonly string[];
};

type Options = {
	/** Name or path of the program, or who finds it. */
	readonly binary: Binary;
	readonly kubeconfig?: string | undefined;
	readonly context?: string | undefined;
};

/** Levels of lists and maps; values of charts have a dozen, and work on them goes down level by level. */
const mostLevels = 200;

const isDeeper = (value: unknown, levels: number): boolean =>
	value !== null &&
	typeof value === 'object' &&
	(levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));

/** Deeper than what charts take, and than what may be worked on. */
export const isDeep = (value: unknown): boolean => isDeeper(value, mostLevels);

const parseJson = (text: string, what: string): unknown => {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw helmProblems.error('helm-unreadable-answer', {case: 'no JSON', what}, {error});
	}
	if (isDeep(value)) throw helmProblems.error('helm-unreadable-answer', {case: 'other shape', what});
	return value;
};

/** The program is asked for its version once, before the first command that depends on it, also by several at the same time. */
export const createSession = (run: Runner, {binary, kubeconfig, context}: Options): Session => {
	const cluster = [
		...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
		...(context === undefined ? [] : ['--kube-context', context]),
	];
	const ask = shared(async (signal) => {
		const {file} = await foundHelm(binary, signal);
		return parseVersion(await run(askingVersion(file, signal)), file);
	});
	let known: string | undefined;
	const version: Session['version'] = async (signal) => {
		known ??= await ask(signal);
		return known;
	};
	return {
		run,
		version,
		dialect: async (signal) => dialectOf(await version(signal)),
		json: async (invocation) => parseJson(await run(invocation), invocation.what),
		at: (namespace) => ['--namespace', namespace, ...cluster],
	};
};
