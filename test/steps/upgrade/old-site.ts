import type {AnswersInput} from '../../../source/answers/schema.ts';
import {systemClock} from '../../../source/base/clock.ts';
import type {Release, ReleaseStatus} from '../../../source/helm/types.ts';
import {
	carried,
	enrollment,
	facts,
	files,
	generated,
	info,
	ingress,
	kept,
	podOf,
	releaseOf,
	rendered,
	sessionOf,
} from '../parts.ts';
import {answersOf, type Given, worldOf} from '../world.ts';

const workspaceNamed = (name: string) => ({
	...{name, host: `${name}.corp.internal`, namespace: `zenml-${name}`},
	database: {name, username: `${name}_user`},
});

/** The id that the control plane knows a workspace by: a UUID, as the charts want it. */
const idOf = (name: string): string =>
	name === 'default'
		? enrollment.workspaceId
		: enrollment.workspaceId.slice(0, -name.length) + name.replaceAll(/./gu, 'a');

/** What this tool generated for a workspace, which is enrolled. */
const secretsOf = (name: string) => ({
	[`workspaces.${name}.database.password`]: `password of ${name}`,
	[`workspaces.${name}.encryptionKey`]: 'e'.repeat(64),
	[`workspaces.${name}.jwtSecretKey`]: 'f'.repeat(64),
	[`workspaces.${name}.enrollment`]: JSON.stringify({...enrollment, workspaceId: idOf(name)}),
});

type Options = {
	/** Workspaces beside the one named default. */
	readonly others?: readonly string[];
	readonly upgrade?: AnswersInput['upgrade'];
};

type Live = {
	readonly chart: string;
	readonly values: unknown;
	readonly revision: number;
	readonly status: ReleaseStatus;
};

/** What a chart renders for a workspace of that id. */
const renderedFor = (id: string): string => rendered.replaceAll(enrollment.workspaceId, id);

/**
 * A site that runs an older control plane and older workspaces, as another tool installed them: no record says what their values were.
 * What Helm is asked to upgrade is upgraded at once, and noted.
 */
export const oldSite = ({others = [], upgrade = {}}: Options = {}) => {
	const names = ['default', ...others];
	const answers = answersOf((input) => ({
		...input,
		upgrade,
		workspaces: [...input.workspaces, ...others.map(workspaceNamed)],
	}));
	const old = (chart: string): Live => ({chart, values: {}, revision: 1, status: 'deployed'});
	const releases = new Map<string, Live>([
		['zenml-pro', old('zenml-pro-0.13.15')],
		...answers.workspaces.map(({namespace}) => [namespace, old('zenml-0.94.5')] as const),
	]);
	const done: string[] = [];
	const releaseIn = (namespace: string): Release | undefined => {
		const live = releases.get(namespace);
		return live && releaseOf({namespace, chart: live.chart, revision: live.revision, status: live.status});
	};
	const objects = kept(generated(Object.assign({}, ...names.map(secretsOf))), ingress());
	const nameAt = (host: string): string => answers.workspaces.find((one) => one.host === host)?.name ?? host;
	const nameIn = (namespace: string): string =>
		answers.workspaces.find((one) => one.namespace === namespace)?.name ?? namespace;
	const session = sessionOf({
		workspaces: async () =>
			names.map((name) => ({
				...{id: idOf(name), name},
				organizationId: enrollment.organizationId,
				status: 'available',
			})),
	});
	const given = {
		answers,
		// Bounds keep their length; pauses do not.
		clock: {...systemClock, sleep: async (ms, signal) => systemClock.sleep(ms < 10_000 ? 1 : ms, signal)},
		bundle: {...carried(), papers: async () => []},
		host: {...files, freeBytes: async () => 2048, stateDirectory: '/state'},
		backups: {folder: '/backups'},
		registry: {host: 'registry.corp', manifestDigest: async () => undefined},
		databases: {
			postgresql: {probe: async () => facts, schema: async () => ({tables: 2, revision: '0.94.5'})},
		},
		cluster: {
			...objects,
			version: async () => 'v1.34.0',
			pods: async (namespace) => [podOf('server-1', {namespace})],
			diagnose: async () => undefined,
			watchPods: (_namespace, _selector, _onChange, end) =>
				new Promise((resolve) => end.addEventListener('abort', () => resolve())),
		},
		helm: {
			history: async (_name, namespace) => [releaseIn(namespace) ?? []].flat(),
			release: async (_name, namespace) => releaseIn(namespace),
			values: async (_name, namespace) => releases.get(namespace)?.values,
			manifest: async () => rendered,
			template: async ({namespace}) => renderedFor(idOf(nameIn(namespace))),
			upgrade: async ({namespace, values}) => {
				const live = releases.get(namespace);
				if (!live) throw new Error('no such release');
				const chart = namespace === 'zenml-pro' ? 'zenml-pro-0.13.18' : 'zenml-0.95.1';
				releases.set(namespace, {chart, values, revision: live.revision + 1, status: 'deployed'});
				done.push(`upgrade ${nameIn(namespace)}`);
				return releaseOf({revision: live.revision + 1});
			},
		},
		zenml: {
			...session,
			health: async ({host}) => {
				done.push(`ask ${nameAt(host)}`);
			},
			workspaceInfo: async ({host}) => ({...info, proWorkspaceId: idOf(nameAt(host))}),
			dashboard: async () => ({title: 'ZenML Pro', part: '/assets/index.js'}),
		},
		holdLease: async () => {
			done.push('lease held');
		},
	} satisfies Given;
	return {answers, done, given, releases, world: (more: Given = {}) => worldOf({...given, ...more})};
};
