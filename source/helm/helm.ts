import path from 'node:path';
import {ProblemError} from '../base/problem.ts';
import {dialectOf, parseVersion} from './dialect.ts';
import {environmentOf} from './environment.ts';
import {maskerOf} from './mask.ts';
import {recoveryOf} from './recovery.ts';
import {createRunner} from './run.ts';
import type {HelmPort, Release, ReleaseStatus} from './types.ts';

export type HelmOptions = {
	/** Name or path of the program. */
	readonly binary: string;
	/** By default that of the environment: `$KUBECONFIG` or `~/.kube/config`. */
	readonly kubeconfig?: string;
	readonly context?: string;
	/** A folder for Helm's caches and settings, so that the operator's own are neither read nor changed. */
	readonly home: string;
	/** Environment of the program; its `HELM_*` variables are left out. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** How long helm gets after SIGTERM before it is killed, in ms; by default 15 s. */
	readonly graceMs?: number;
};

type HistoryRow = {
	readonly revision: number;
	readonly updated: string;
	readonly status: ReleaseStatus;
	readonly chart: string;
	readonly app_version: string;
	readonly description: string;
};

const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))}s`;

/**
 * Values in the JSON subset of YAML: Helm reads YAML 1.1, where a plain `on`, `y`, `010` or `1e3` is not text. The
 * line breaks and control characters that JSON allows and YAML does not are escaped.
 */
const toYaml = (values: unknown): string =>
	JSON.stringify(values ?? {}).replaceAll(
		/[\u007f-\u009f\u2028\u2029\ufeff]/gu,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);

const parseJson = (text: string, what: string): unknown => {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new ProblemError(
			{
				code: 'helm-unreadable-answer',
				area: 'cluster',
				message: `Helm's answer is not JSON: ${what}.`,
				cause: 'The helm program prints something else on its standard output, perhaps from a wrapper or plugin.',
				fix: 'Set helm.binary to the plain helm program.',
				answers: ['helm.binary'],
			},
			{cause: error},
		);
	}
};

const uninstallMs = 5 * 60_000;

/**
 * The helm program as a port. Works with Helm 3.8 and newer and with Helm 4.
 * @throws (from each call) ProblemError `helm-missing` and `helm-too-old` in area `prerequisites`, everything else in
 * area `cluster` with Helm's own words as evidence; the signal's reason when it is aborted, once helm has ended.
 */
export const createHelm = (options: HelmOptions): HelmPort => {
	const {binary, kubeconfig, context} = options;
	const run = createRunner(binary, environmentOf(options), options.graceMs);
	const cluster = [
		...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
		...(context === undefined ? [] : ['--kube-context', context]),
	];
	const at = (namespace: string): readonly string[] => ['--namespace', namespace, ...cluster];

	let known: string | undefined;
	const version = async (signal: AbortSignal): Promise<string> => {
		known ??= parseVersion(await run({what: 'asking for its version', args: ['version', '--short'], signal}), binary);
		return known;
	};
	const dialect = async (signal: AbortSignal) => dialectOf(await version(signal));

	const history: HelmPort['history'] = async (name, namespace, signal) => {
		await version(signal);
		const what = `reading the history of release ${name} in namespace ${namespace}`;
		const rows = await run({
			what,
			args: ['history', name, '--max', '256', '--output', 'json', ...at(namespace)],
			signal,
		}).catch((error: unknown) => {
			if (error instanceof ProblemError && error.problem.code === 'helm-release-missing') return '[]';
			throw error;
		});
		return (parseJson(rows, what) as readonly HistoryRow[]).map(
			(row): Release => ({
				name,
				namespace,
				revision: row.revision,
				status: row.status,
				chart: row.chart,
				appVersion: row.app_version,
				updated: row.updated,
				description: row.description,
			}),
		);
	};

	const rollback: HelmPort['rollback'] = async (name, namespace, revision, signal, {waitMs, onLine} = {}) => {
		const {wait, update} = await dialect(signal);
		await run({
			what: `rollback of release ${name} in namespace ${namespace} to revision ${revision}`,
			args: [
				'rollback',
				name,
				String(revision),
				...(waitMs === undefined ? [] : [...wait, '--wait-for-jobs', '--timeout', seconds(waitMs)]),
				...update,
				...at(namespace),
			],
			signal,
			...(onLine ? {onLine} : {}),
		});
	};

	const uninstall: HelmPort['uninstall'] = async (name, namespace, signal) => {
		const {wait} = await dialect(signal);
		await run({
			what: `uninstall of release ${name} in namespace ${namespace}`,
			args: ['uninstall', name, ...wait, '--timeout', seconds(uninstallMs), ...at(namespace)],
			signal,
		}).catch((error: unknown) => {
			if (!(error instanceof ProblemError && error.problem.code === 'helm-release-missing')) throw error;
		});
	};

	const recover = async (
		name: string,
		namespace: string,
		onLine: (line: string) => void,
		signal: AbortSignal,
	): Promise<void> => {
		const {action, revision, reason} = recoveryOf(await history(name, namespace, signal));
		if (action === 'uninstall') {
			onLine(`Release ${name} is removed before it is installed anew: ${reason}.`);
			await uninstall(name, namespace, signal);
		} else if (action === 'rollback' && revision !== undefined) {
			onLine(`Release ${name} goes back to revision ${revision} before it is upgraded: ${reason}.`);
			await rollback(name, namespace, revision, signal, {onLine});
		}
	};

	return {
		version,
		history,
		rollback,
		uninstall,
		release: async (name, namespace, signal) => (await history(name, namespace, signal)).at(-1),
		values: async (name, namespace, signal) => {
			await version(signal);
			const what = `reading the values of release ${name} in namespace ${namespace}`;
			const text = await run({what, args: ['get', 'values', name, '--output', 'json', ...at(namespace)], signal});
			return parseJson(text, what) ?? {};
		},
		template: async ({release, namespace, chart, values, kubeVersion, signal}) => {
			await version(signal);
			return run({
				what: `rendering chart ${path.basename(chart)} for release ${release}`,
				args: [
					'template',
					release,
					chart,
					'--namespace',
					namespace,
					...(kubeVersion === undefined ? [] : ['--kube-version', kubeVersion]),
					'--values',
					'-',
				],
				input: toYaml(values),
				mask: maskerOf(values),
				signal,
			});
		},
		upgrade: async ({release, namespace, chart, values, timeoutMs, description, forceConflicts, onLine, signal}) => {
			const {wait, update, forceConflicts: force} = await dialect(signal);
			await recover(release, namespace, onLine, signal);
			await run({
				what: `upgrade of release ${release} in namespace ${namespace}`,
				args: [
					'upgrade',
					release,
					chart,
					'--install',
					...wait,
					'--wait-for-jobs',
					'--timeout',
					seconds(timeoutMs),
					'--description',
					description,
					...update,
					...(forceConflicts === true ? force : []),
					...at(namespace),
					'--values',
					'-',
				],
				input: toYaml(values),
				mask: maskerOf(values),
				onLine,
				signal,
			});
			const newest = (await history(release, namespace, signal)).at(-1);
			if (newest) return newest;
			throw new ProblemError({
				code: 'helm-release-missing',
				area: 'cluster',
				message: `Release ${release} is not in namespace ${namespace} although Helm just installed it.`,
				cause: 'Something removed the release while it was being installed.',
				fix: 'Find out who else works in this namespace, then try again.',
			});
		},
	};
};
