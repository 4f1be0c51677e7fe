import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {inspectRendered} from '../../source/charts/index.ts';
import {createHelm, type HelmPort} from '../../source/helm/index.ts';
import {differingPaths} from '../../source/steps/shared/release/differing-paths.ts';
import {meetAll, outcomeOf, patienceMs} from '../helpers/mutants.ts';
import {mutantOf, mutantOfJson} from '../helpers/mutations.ts';
import type {Random} from '../helpers/random.ts';
import {scratch, script} from './lab.ts';

const {signal} = new AbortController();
const atOnce = 4;
let folder = '';
let remove: () => Promise<void>;
beforeAll(async () => {
	({folder, remove} = await scratch());
});
afterAll(() => remove());

const manifests = {
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {name: 'zenml', annotations: {'helm.sh/hook': 'pre-install'}},
	spec: {
		template: {
			spec: {
				initContainers: [{name: 'i', image: 'registry.lab/zenml/a:1', env: [{name: 'A', value: 'b'}]}],
				containers: [
					{
						name: 'c',
						image: 'registry.lab/zenml/a:1',
						resources: {limits: {cpu: 1}},
						env: [
							{name: 'ZENML_SERVER_PRO_WORKSPACE_ID', value: 'x'},
							{name: 'A', valueFrom: {}},
						],
					},
				],
			},
		},
	},
};
const values = {server: {serverURL: 'https://z.lab', ingress: {host: 'z.lab'}}, replicas: [1, 2]};
const row = (revision: number, status: string) => ({
	revision,
	updated: '2026-01-01T00:00:00Z',
	status,
	chart: 'zenml-0.73.0',
	app_version: '0.73.0',
	description: 'Upgrade complete',
});

/** What a sound helm says, by command; texts as they are, everything else as JSON. */
const sound: Readonly<Record<string, unknown>> = {
	version: 'v3.18.0+gcc58e3f\n',
	history: [row(1, 'superseded'), row(2, 'deployed')],
	get: values,
	template: manifests,
	upgrade: 'Release "zenml" has been upgraded. Happy Helming!\nNAME: zenml\nREVISION: 3\n',
	rollback: 'Rollback was a success! Happy Helming!\n',
	uninstall: 'release "zenml" uninstalled\n',
};
type Command = keyof typeof sound;

/** States in which an upgrade has something to mend first. */
const left = [
	[row(1, 'pending-install')],
	[row(1, 'deployed'), row(2, 'pending-upgrade')],
	[row(1, 'failed')],
	[row(1, 'uninstalling')],
];

const errors = [
	'Error: release: not found\n',
	'Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* job zenml-db-migration failed: BackoffLimitExceeded\n',
	'Error: Kubernetes cluster unreachable: Get "https://10.0.0.1:6443/version": dial tcp 10.0.0.1:6443: connect: connection refused\n',
	'Error: INSTALLATION FAILED: admission webhook "validate.kyverno.svc-fail" denied the request: no root\n',
	'WARNING: Kubernetes configuration file is group-readable.\nError: something new\n',
];

/** Ways to end: with success, with failure, by a signal, with an output that is closed before or held open after the end. */
const endings = [
	'exit 0',
	'exit 0',
	'exit 1',
	'exit 1',
	'exit 2',
	'exit 126',
	'exit 127',
	'exit 255',
	'kill -9 $$',
	'kill -15 $$',
	'exec 1>&- 2>&-; exit 0',
	'exec 0<&-; exit 1',
	'sleep 3 & exit 0',
];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const mutated = (value: unknown, random: Random): Buffer | string =>
	typeof value === 'string' ? mutantOf(value, random) : mutantOfJson(value, random);

/** A helm that says and does what lies in its folder, by command. */
const programIn = async (slot: number) => {
	const own = path.join(folder, String(slot));
	await mkdir(own, {recursive: true});
	const binary = await script(own, 'helm', `cd '${own}'\ncat "$1.out"\ncat "$1.err" >&2\n. "./$1.end"`);
	const say = async (command: Command, output: Buffer | string, error: Buffer | string, ending: string) => {
		await writeFile(path.join(own, `${command}.out`), output);
		await writeFile(path.join(own, `${command}.err`), error);
		await writeFile(path.join(own, `${command}.end`), ending);
	};
	for (const [command, value] of Object.entries(sound)) await say(command, textOf(value), '', 'exit 0');
	return {binary, home: path.join(own, 'home'), say};
};

const release = {release: 'zenml', namespace: 'z', chart: '/charts/zenml.tgz', values, signal} as const;

/** What is asked of helm, and what is made of its answers. */
const asking: Readonly<Record<string, (helm: HelmPort) => Promise<unknown>>> = {
	version: (helm) => helm.version(signal),
	history: (helm) => helm.history('zenml', 'z', signal),
	values: async (helm) => differingPaths(await helm.values('zenml', 'z', signal), values),
	template: async (helm) =>
		inspectRendered(await helm.template(release), {registryHost: 'registry.lab', component: 'workspace'}),
	upgrade: (helm) =>
		helm.upgrade({
			...release,
			component: 'workspaces.0',
			timeoutMs: 1000,
			description: 'it',
			isIdle: async () => true,
			onLine: (line) => expect(line.length).toBeLessThan(5000),
		}),
};

/** The command whose answers are changed, by what is asked. */
const commandsOf: Readonly<Record<string, readonly Command[]>> = {
	version: ['version'],
	history: ['history'],
	values: ['get'],
	template: ['template'],
	upgrade: ['upgrade', 'history', 'rollback', 'uninstall'],
};

test(
	'a helm with a mistake in what it says ends in a problem with a name, or does no harm',
	async () => {
		const reaches = ['result', 'helm-missing', 'helm-unreadable-answer', 'helm-failed', 'helm-hook-failed'];
		await meetAll({usual: 60, atOnce, reaches}, async (random, slot) => {
			const {below, pick} = random;
			const {binary, home, say} = await programIn(slot);
			const asked = pick(Object.keys(asking));
			const command = pick(commandsOf[asked] ?? []);
			if (asked === 'upgrade' && below(2) === 0) await say('history', textOf(pick(left)), '', 'exit 0');
			const output = below(4) === 0 ? textOf(sound[command]) : mutated(sound[command], random);
			const error = pick(['', pick(errors), mutantOf(pick(errors), random)]);
			const ending = below(2) === 0 ? 'exit 0' : pick(endings);
			await say(command, output, error, ending);
			const helm = createHelm({binary, home, environment: {PATH: process.env.PATH}});
			return outcomeOf(async () => asking[asked]?.(helm));
		});
	},
	patienceMs,
);
