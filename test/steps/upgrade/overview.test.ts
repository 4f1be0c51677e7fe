import {describe, expect, test} from 'vitest';
import {journalSecretName} from '../../../source/cluster/journal-secret.ts';
import type {KubeObject} from '../../../source/cluster/types.ts';
import type {Release} from '../../../source/helm/types.ts';
import {readInstalled} from '../../../source/steps/upgrade/installed.ts';
import {overview} from '../../../source/steps/upgrade/look/overview.ts';
import {bundle, carried, files, generated, imageOf, kept, refusal, releaseOf, secretObject} from '../parts.ts';
import {answersOf, type Given, worldOf} from '../world.ts';

const digest = `sha256:${'a'.repeat(64)}`;

const workspaceNamed = (name: string) => ({
	...{name, host: `${name}.corp.internal`, namespace: `zenml-${name}`},
	database: {name, username: `${name}_user`},
});

const journalOf = (text: string): KubeObject => secretObject('zenml-pro', journalSecretName, {'state.json': text});

const journal = {
	...{schema: 3, plan: 'install', tool: '1.2.3', runId: 'r', host: 'ops', pid: 1, steps: [], acknowledged: []},
	...{savedAt: Date.UTC(2026, 0, 2, 3, 4, 5), startedAt: 0},
};

const podOf = (name: string, imageID: string): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name, namespace: 'zenml-pro'},
	spec: {containers: [{name: 'api', image: 'r/api:1'}]},
	status: {containerStatuses: [{name: 'api', imageID}]},
});

type Site = {
	readonly objects?: readonly KubeObject[];
	readonly controlPlane?: Partial<Release>;
	readonly workspace?: Partial<Release>;
	readonly more?: Given;
	readonly restarts?: readonly string[];
};

/** The page of a site whose control plane is upgraded and whose workspace is not, save for what a test changes. */
const pageOf = async ({objects = [], controlPlane = {}, workspace = {}, more = {}, restarts = []}: Site = {}) => {
	const old = {name: 'zenml', chart: 'zenml-0.94.5', appVersion: '0.94.5', revision: 2, ...workspace};
	const histories = [releaseOf(controlPlane), releaseOf(old)];
	const secrets = generated({'workspaces.two.database.password': 'p'});
	const objectsOf = kept(secrets, ...objects);
	const world = worldOf({
		bundle: carried(),
		cluster: {
			...objectsOf,
			list: async (of) => (await objectsOf.list(of)).filter(({metadata}) => metadata.namespace === of.namespace),
		},
		host: {...files, freeBytes: async () => 2048, stateDirectory: '/st\u001bate'},
		backups: {folder: '/backups'},
		registry: {host: 'registry.corp', manifestDigest: async () => undefined},
		databases: {postgresql: {schema: async () => ({tables: 2, revision: '0.94.5'})}},
		helm: {history: async (name) => histories.filter((one) => one.name === name)},
		...more,
	});
	return overview(world, await readInstalled(world), restarts);
};

/** The lines of the page that begin so, without what they begin with. */
const linesAfter = async (start: string, site: Site = {}): Promise<readonly string[]> =>
	(await pageOf(site)).lines.flatMap((line) => (line.startsWith(start) ? [line.slice(start.length)] : []));

test('the page says what goes from where to where, what it takes, and how to get back', async () => {
	const page = await pageOf({
		objects: [journalOf(JSON.stringify({...journal, bundle: 'sha256:old'})), podOf('api-1', digest)],
		restarts: ['workspace default: Deployment zenml'],
	});
	expect(page).toEqual({
		title: 'What changes',
		lines: [
			'Last run here: install by version 1.2.3 of this tool, from ops at 2026-01-02 03:04 UTC, bundle sha256:old',
			'Versions:',
			'  control plane: chart zenml-pro-0.13.18, as it is, server 0.13.18 -> 0.13.18, revision 3 deployed',
			`    runs r/api:1 ${digest}`,
			'  workspace default: chart zenml-0.94.5 to zenml-0.95.1, server 0.94.5 -> 0.95.1, revision 2 deployed',
			'Order: backup, images, control plane, login and dashboard tried, workspace default alone; it stops at the first that fails.',
			'Images to push: 4 of 4, at most 8 B to send and to keep at registry.corp (layers that it has are not sent):',
			'  registry.corp/zenml/zenml-pro-api:1.0 2 B',
			'  registry.corp/zenml/zenml-pro-dashboard:1.0 2 B',
			'  registry.corp/zenml/zenml-pro-server:1.0 2 B',
			'  registry.corp/zenml/zenml:1.0 2 B',
			'Databases:',
			'  zenml_pro on db.corp: 2 tables, revision 0.94.5; as its server wants it',
			"  zenml_workspace on db.corp: 2 tables, revision 0.94.5; which migrations are due, the new server's migration Job decides",
			'What restarts, one rollout each:',
			'  workspace default: Deployment zenml',
			'Room: 2.0 KiB are free in /st\\u{1b}ate. The backup goes to /backups; the step "Ready for a backup" counts the databases and looks for room.',
			'How to get back: release and database of a component go back together, to the backup that is taken before the first change:',
			'  zenml-airgap back default',
			'What was written since that backup is lost then; nothing goes back by itself.',
		],
	});
});

describe('the run that made what is installed', () => {
	test('is told without a bundle where its journal has none', async () => {
		expect(await linesAfter('Last run here: ', {objects: [journalOf(JSON.stringify(journal))]})).toEqual([
			'install by version 1.2.3 of this tool, from ops at 2026-01-02 03:04 UTC',
		]);
	});

	test.each([
		['no journal', undefined, 'not known, the cluster has no journal.'],
		[
			'a Secret without one',
			secretObject('zenml-pro', journalSecretName, {}),
			'not known, the cluster has no journal.',
		],
		['one that is no JSON', journalOf('{"schema": 3'), 'not known, its journal in the cluster is damaged.'],
	])('is not known where the cluster has %s', async (_what, object, words) => {
		expect(await linesAfter('Last run here: ', {objects: object ? [object] : []})).toEqual([words]);
	});

	test('is not known where the journal is none, which is told by its place', async () => {
		const [line] = await linesAfter('Last run here: not known. ', {objects: [journalOf('{}')]});
		expect(line).toContain(`Secret zenml-pro/${journalSecretName}`);
	});
});

describe('versions', () => {
	test('are those of the chart where Helm tells none of the server; digests are told as not known, and images of a pod that cannot be read', async () => {
		const page = await pageOf({
			objects: [podOf('api-1', ''), {...podOf('api-2', ''), spec: {containers: 'none'}}],
			controlPlane: {appVersion: ''},
		});
		expect(page.lines.slice(2, 5)).toEqual([
			'  control plane: chart zenml-pro-0.13.18, as it is, server 0.13.18 -> 0.13.18, revision 3 deployed',
			'    images of pod api-2: not known, it cannot be read.',
			'    runs r/api:1 (no digest told)',
		]);
	});

	test('of the server are those of the charts where these name them', async () => {
		const workspaceChart = {...bundle.workspaceChart, appVersion: '0.95.1-hotfix'};
		const [line] = await linesAfter('  workspace default: ', {more: {bundle: carried({workspaceChart})}});
		expect(line).toContain('server 0.94.5 -> 0.95.1-hotfix,');
	});
});

test('a database that names no revision, and one that cannot be reached, are told', async () => {
	const schema = async ({database}: {readonly database: string}) => {
		if (database === 'zenml_pro') return {tables: 1};
		throw refusal('database-unreachable', 'The database is down.');
	};
	const page = await pageOf({more: {databases: {postgresql: {schema}}}});
	expect(page.lines).toContain('  zenml_pro on db.corp: 1 table, no revision told; as its server wants it');
	expect(page.lines).toContain('  database zenml_workspace: not known. The database is down.');
});

describe('images to push', () => {
	const manifestDigest = async (repository: string) => `sha256:${repository.replace('zenml/', '')}`;

	test('are none where the registry has them all', async () => {
		const registry = {host: 'registry.corp', manifestDigest, missing: async () => new Set<string>()};
		expect(await linesAfter('Images to push: ', {more: {registry}})).toEqual(['none, all 4 are at registry.corp.']);
	});

	test('are counted with their layers and with the manifests of an index', async () => {
		const {manifest} = imageOf('zenml');
		const blobs = [{digest, size: 1000, mediaType: 'layer'}] as never;
		const images = [imageOf('zenml-pro-api'), imageOf('zenml', {blobs, children: [manifest, manifest]})];
		const registry = {
			host: 'registry.corp',
			manifestDigest: async (repository: string) =>
				repository.endsWith('api') ? manifestDigest(repository) : undefined,
			missing: async () => new Set<string>(),
		};
		const {lines} = await pageOf({more: {registry, bundle: carried({images})}});
		const at = lines.findIndex((line) => line.startsWith('Images to push'));
		expect(lines.slice(at, at + 2)).toEqual([
			'Images to push: 1 of 2, at most 1006 B to send and to keep at registry.corp (layers that it has are not sent):',
			'  registry.corp/zenml/zenml:1.0 1006 B',
		]);
	});
});

test('the order names the workspace that goes first, and how many follow at once', async () => {
	const more = {
		answers: answersOf((input) => ({
			...input,
			workspaces: [...input.workspaces, workspaceNamed('two')],
			upgrade: {canary: 'two', atOnce: 3},
		})),
	};
	expect(await linesAfter('Order: ', {more})).toEqual([
		'backup, images, control plane, login and dashboard tried, workspace two alone, then default, 3 at once; it stops at the first that fails.',
	]);
});

test('where nothing is to be upgraded nothing restarts, and there is nothing to get back from', async () => {
	const {lines} = await pageOf({workspace: {chart: 'zenml-0.95.1'}});
	expect(lines).toContain('What restarts: nothing.');
	expect(lines.at(-1)).toBe(
		'How to get back: nothing is to be upgraded, so no backup is taken and nothing has to go back.',
	);
});
