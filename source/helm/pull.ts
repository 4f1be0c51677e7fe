import {mkdir, readdir} from 'node:fs/promises';
import path from 'node:path';
import {ProblemError} from '../base/problem.ts';
import {parseVersion} from './dialect.ts';
import {environmentOf} from './environment.ts';
import {createRunner} from './run.ts';

/** How charts are fetched on the connected side. */
export type ChartPuller = {
	/** `4.2.3`. @throws ProblemError `helm-missing`, `helm-too-old` */
	readonly version: (signal: AbortSignal) => Promise<string>;
	/**
	 * `helm pull oci://...`: the packed chart, byte for byte as it lies at the registry.
	 * @param options.folder made when absent; must be empty
	 * @returns the path of the `.tgz`
	 * @throws ProblemError `chart-pull-failed`, area `bundle`
	 */
	readonly pull: (options: {
		/** `oci://HOST/PATH`. */
		readonly chart: string;
		readonly version: string;
		readonly folder: string;
		/** PEM file of the authority that signed the registry's certificate. */
		readonly ca?: string;
		readonly plainHttp?: boolean;
		readonly signal: AbortSignal;
	}) => Promise<string>;
	/** The default values of a packed chart, as YAML text. */
	readonly values: (chart: string, signal: AbortSignal) => Promise<string>;
};

/** Words of Helm 3.18 and 4.2 and of the registries behind them, and what they mean for a pull. */
const causes: ReadonlyArray<readonly [RegExp, string, string]> = [
	[
		/401|403|unauthorized|denied|forbidden|authorization/iu,
		'The registry refuses this login, or wants one.',
		'Log in (docker login HOST, or a credential helper), or name the folder of the right config.json with --docker-config. An expired login to a public registry has to be taken out: docker logout HOST.',
	],
	[
		/404|not found|manifest unknown|no such manifest/iu,
		'There is no chart of that version at that place.',
		'Check the version, and the place of the chart in the spec (charts).',
	],
	[/x509|certificate/iu, "The registry's certificate is not trusted here.", 'Name its CA in the spec: hosts, then ca.'],
	[
		/HTTP response to HTTPS client|first record does not look like a TLS handshake/iu,
		'The registry speaks plain HTTP.',
		'If it is meant to, say so in the spec: hosts, then plainHttp: true.',
	],
	[
		/no such host|connection refused|i\/o timeout|network is unreachable|dial tcp/iu,
		'The registry cannot be reached from this host.',
		'Check its name and the way to it; a proxy is taken from HTTPS_PROXY.',
	],
];

/**
 * Helm as a client of chart registries.
 * @param options.home folder for Helm's caches @param options.dockerConfig the `config.json` with the logins, where there is one
 */
export const createChartPuller = (options: {
	readonly binary: string;
	readonly home: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly dockerConfig?: string;
}): ChartPuller => {
	const {binary, dockerConfig} = options;
	const run = createRunner(binary, environmentOf(options));
	return {
		version: async (signal) =>
			parseVersion(await run({what: 'asking for its version', args: ['version', '--short'], signal}), binary),
		pull: async ({chart, version, folder, ca, plainHttp, signal}) => {
			await mkdir(folder, {recursive: true});
			const what = `pull of ${chart} ${version}`;
			await run({
				what,
				args: [
					'pull',
					chart,
					'--version',
					version,
					'--destination',
					folder,
					...(dockerConfig === undefined ? [] : ['--registry-config', dockerConfig]),
					...(ca === undefined ? [] : ['--ca-file', ca]),
					...(plainHttp === true ? ['--plain-http'] : []),
				],
				signal,
			}).catch((error: unknown) => {
				if (!(error instanceof ProblemError) || error.problem.area === 'prerequisites') throw error;
				const evidence = error.problem.evidence ?? [];
				const [, cause, fix] = causes.find(([pattern]) => pattern.test(evidence.join('\n'))) ?? [
					undefined,
					"Helm's own words are below.",
					'Try the same by hand, then start again.',
				];
				throw new ProblemError(
					{
						code: 'chart-pull-failed',
						area: 'bundle',
						message: `The chart ${chart} ${version} could not be pulled.`,
						cause,
						fix,
						nextSteps: [`helm pull ${chart} --version ${version}`],
						evidence,
					},
					{cause: error},
				);
			});
			const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
			if (file !== undefined) return path.join(folder, file);
			throw new ProblemError({
				code: 'chart-pull-failed',
				area: 'bundle',
				message: `The chart ${chart} ${version} could not be pulled.`,
				cause: 'Helm said that it was, but wrote no .tgz file.',
				fix: 'Use the plain helm program: --helm PATH.',
			});
		},
		values: (chart, signal) =>
			run({what: `reading the values of ${path.basename(chart)}`, args: ['show', 'values', chart], signal}),
	};
};
