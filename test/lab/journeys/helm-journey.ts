import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ContainerRun, Outcome} from '../../../rehearsal/kubernetes/index.ts';
import {dialectOf} from '../../../source/helm/dialect.ts';
import {send, type Target} from '../api-client.ts';
import {lookAround} from './look.ts';
import {type Exchange, startRecorder} from './recorder.ts';

/** One command of a journey and what it caused. */
export type Step = {
	readonly name: string;
	readonly code: number;
	readonly output: string;
	readonly exchanges: readonly Exchange[];
	/** The world at rest afterwards, unless it finds none. */
	readonly look?: readonly Exchange[];
};

/** What the containers of the journey's chart do: an image that is not there, `true`, `false`, or sleep. */
export const runOfChart = async (_pod: unknown, {container}: ContainerRun): Promise<Outcome> => {
	if (container.image.endsWith(':missing'))
		return {waiting: {reason: 'ErrImagePull', message: 'failed to pull and unpack image'}};
	const word = container.command?.[1];
	return word === undefined ? 'running' : {exit: word === 'true' ? 0 : 1};
};

const run = (
	program: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv,
): Promise<Pick<Step, 'code' | 'output'>> =>
	new Promise((resolve) => {
		execFile(program, args, {env, timeout: 120_000}, (error, out, err) => {
			resolve({code: error ? Number(error.code ?? 1) : 0, output: `${out}${err}`});
		});
	});

// After these the world is another one and comes to rest.
const looks = new Set(['install', 'upgrade', 'upgrade whose hook fails', 'rollback', 'uninstall']);

/** The commands of the journey that are meant to fail. */
export const failing = [
	'upgrade that the server refuses',
	'upgrade whose hook fails',
	'upgrade whose image is missing',
	'history of what is gone',
];

/**
 * The life of a release by one version of Helm: each command with the requests that it made. Leaves no namespace behind.
 * `giveUpSeconds` is how long Helm waits for the image that is missing.
 */
export const helmJourney = async (
	target: Target,
	helm: string,
	version: string,
	namespace: string,
	giveUpSeconds = 10,
): Promise<readonly Step[]> => {
	const folder = await mkdtemp(join(tmpdir(), 'helm-journey-'));
	const recorder = await startRecorder(target);
	try {
		const kubeconfig = join(folder, 'kubeconfig');
		await writeFile(kubeconfig, recorder.kubeconfig, {mode: 0o600});
		const env = {
			HOME: folder,
			PATH: '/usr/bin:/bin',
			HELM_CACHE_HOME: join(folder, 'cache'),
			HELM_CONFIG_HOME: join(folder, 'config'),
			HELM_DATA_HOME: join(folder, 'data'),
			KUBECACHEDIR: join(folder, 'kube'),
		};
		const {wait, update} = dialectOf(version);
		const waiting = (seconds: number): readonly string[] => [...wait, '--wait-for-jobs', '--timeout', `${seconds}s`];
		const chart = join(import.meta.dirname, 'chart');
		const upgrade = (...set: readonly string[]): readonly string[] => [
			'upgrade',
			'journey',
			chart,
			'--install',
			...update,
			...set.flatMap((one) => ['--set', one]),
		];
		const commands: readonly (readonly [string, readonly string[]])[] = [
			['install, dry run by the server', ['install', 'journey', chart, '--dry-run=server']],
			['install', [...upgrade(), '--create-namespace', ...waiting(60)]],
			['upgrade, dry run by the server', [...upgrade('replicas=2'), '--dry-run=server']],
			['upgrade', [...upgrade('replicas=2', 'greeting=good day'), ...waiting(60)]],
			['upgrade with the same values', [...upgrade('replicas=2', 'greeting=good day'), ...waiting(60)]],
			['upgrade that the server refuses', [...upgrade('selector=other'), ...waiting(60)]],
			['upgrade whose hook fails', [...upgrade('hook=false'), ...waiting(60)]],
			['upgrade whose image is missing', [...upgrade('image=lab.internal/pause:missing'), ...waiting(giveUpSeconds)]],
			['rollback', ['rollback', 'journey', '2', ...update, ...waiting(60)]],
			['history', ['history', 'journey', '--output', 'json']],
			['list', ['list', '--output', 'json']],
			['status', ['status', 'journey']],
			['values', ['get', 'values', 'journey', '--output', 'json']],
			['uninstall', ['uninstall', 'journey', ...wait, '--timeout', '60s']],
			['history of what is gone', ['history', 'journey']],
		];
		const steps: Step[] = [];
		for (const [name, args] of commands) {
			const result = await run(helm, [...args, '--namespace', namespace, '--kubeconfig', kubeconfig], env);
			const exchanges = await recorder.take();
			steps.push({name, ...result, exchanges, ...(looks.has(name) ? {look: await lookAround(target, namespace)} : {})});
		}
		return steps;
	} finally {
		await recorder.stop();
		await send(target, 'DELETE', `/api/v1/namespaces/${namespace}`);
		await rm(folder, {recursive: true, force: true});
	}
};
