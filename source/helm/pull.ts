import {mkdir, readdir} from 'node:fs/promises';
import path from 'node:path';
import type {ProblemError} from '../base/problem.ts';
import {environmentOf} from './environment.ts';
import {helmProblems} from './problems.ts';
import {createRunner} from './program.ts';
import {askingVersion, parseVersion} from './version.ts';
import {meaningOf, pullWords, tail} from './words.ts';

/** A chart in a registry. */
type Wanted = {
	/** `oci://HOST/PATH`. */
	readonly chart: string;
	readonly version: string;
};

type PullOptions = Wanted & {
	/** Made when absent; must be empty. */
	readonly folder: string;
	/** PEM file of the authority that signed the registry's certificate. */
	readonly ca?: string | undefined;
	readonly plainHttp?: boolean | undefined;
	readonly signal: AbortSignal;
};

/** How charts are fetched on the connected side. */
export type ChartPuller = {
	/** `4.2.3`. @throws ProblemError `helm-missing`, `helm-too-old` */
	readonly version: (signal: AbortSignal) => Promise<string>;
	/**
	 * `helm pull oci://...`: the packed chart, byte for byte as it lies at the registry.
	 * @returns the path of the `.tgz`
	 * @throws ProblemError `chart-pull-failed`, area `bundle`
	 */
	readonly pull: (options: PullOptions) => Promise<string>;
	/** The default values of a packed chart, as YAML text. */
	readonly values: (chart: string, signal: AbortSignal) => Promise<string>;
};

const pullFailure =
	({chart, version}: Wanted) =>
	(said: string): ProblemError => {
		const evidence = tail(said);
		const name = meaningOf(evidence.join('\n'), pullWords) ?? 'other';
		return helmProblems.error('chart-pull-failed', {case: name, chart, version}, {evidence});
	};

const argumentsOf = (options: PullOptions, dockerConfig: string | undefined): readonly string[] => {
	const {chart, version, folder, ca, plainHttp} = options;
	const pull = ['pull', chart, '--version', version, '--destination', folder];
	return [
		...pull,
		...(dockerConfig === undefined ? [] : ['--registry-config', dockerConfig]),
		...(ca === undefined ? [] : ['--ca-file', ca]),
		...(plainHttp ? ['--plain-http'] : []),
	];
};

/**
 * Helm as a client of chart registries.
 * @param options.home folder for Helm's caches @param options.dockerConfig the `config.json` with the logins, where
 * there is one
 */
export const createChartPuller = (options: {
	readonly binary: string;
	readonly home: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly dockerConfig?: string | undefined;
}): ChartPuller => {
	const {binary, dockerConfig} = options;
	const run = createRunner(binary, environmentOf(options));
	return {
		version: async (signal) => parseVersion(await run(askingVersion(binary, signal)), binary),
		pull: async (wanted) => {
			const {chart, version, folder, signal} = wanted;
			await mkdir(folder, {recursive: true});
			await run({
				what: `pull of ${chart} ${version}`,
				args: argumentsOf(wanted, dockerConfig),
				failure: pullFailure(wanted),
				signal,
			});
			const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
			if (file !== undefined) return path.join(folder, file);
			throw helmProblems.error('chart-pull-failed', {case: 'no file', chart, version});
		},
		values: (chart, signal) =>
			run({what: `reading the values of ${path.basename(chart)}`, args: ['show', 'values', chart], signal}),
	};
};
