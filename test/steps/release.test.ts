import {describe, expect, test} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import type {ClusterPort, PodView} from '../../source/cluster/types.ts';
import type {DatabaseSchema} from '../../source/database/types.ts';
import {secretTexts} from '../../source/helm/index.ts';
import type {HelmPort} from '../../source/helm/types.ts';
import {secretTarget} from '../../source/steps/shared/names.ts';
import {applyRelease} from '../../source/steps/shared/release/apply.ts';
import {auditRelease} from '../../source/steps/shared/release/audit.ts';
import {releaseChanges} from '../../source/steps/shared/release/changes.ts';
import {differingPaths} from '../../source/steps/shared/release/differing-paths.ts';
import {createPatience} from '../../source/steps/shared/release/patience.ts';
import {podRow} from '../../source/steps/shared/release/pods.ts';
import {withSecretStamp} from '../../source/steps/shared/release/secret-stamp.ts';
import type {WantedRelease} from '../../source/steps/shared/release/wanted.ts';
import {sampleWorkspace} from '../../source/steps/workspaces/release.ts';
import type {World} from '../../source/steps/world.ts';
import {type FakeClock, fakeClock} from '../base/fake-clock.ts';
import {
	carried,
	files,
	generated,
	kept,
	notes,
	podOf,
	refusal,
	releaseOf,
	rendered,
	secretObject,
	untouched,
} from './parts.ts';
import {answersOf, changesOf, code, type Given, linesOf, refusalOf, rowsOf, worldOf} from './world.ts';

const workspaceRelease = async (): Promise<WantedRelease> => {
	const world = worldOf({bundle: carried()});
	const [workspace] = world.answers.workspaces;
	if (!workspace) throw new Error('no workspace');
	return {...(await sampleWorkspace(world, workspace)), warnings: []};
};

const live = {release: 'zenml', chart: 'zenml-0.95.1'};

/** A site in which the release runs as wanted, save for what a test changes. */
const site = (wanted: WantedRelease, helm: Partial<HelmPort> = {}, cluster: Partial<ClusterPort> = {}): Given => ({
	helm: {
		release: async () => releaseOf({chart: live.chart}),
		values: async () => wanted.values,
		template: async () => rendered,
		...helm,
	},
	cluster: {...untouched, version: async () => 'v1.34.0', pods: async () => [podOf('server-1')], ...cluster},
});

describe('what differs between a release and the answers', () => {
	const seen = async (helm: Partial<HelmPort>, cluster: Partial<ClusterPort> = {}) => {
		const wanted = await workspaceRelease();
		const clock = fakeClock();
		const world = worldOf({...site(wanted, helm, cluster), clock});
		const changes = await clock.drive(releaseChanges(world, wanted));
		return {changes: changesOf({status: 'todo', changes}), told: world.told};
	};

	test('nothing, when it runs as wanted; its pods are shown', async () => {
		const {changes, told} = await seen({});
		expect(changes).toEqual([]);
		expect(rowsOf(told)).toEqual(['pod zenml-pro/server-1: ok, ready']);
	});

	test.each([
		['a release that is not there', undefined, 'create release zenml-workspace/zenml (zenml-0.95.1)'],
		[
			'one that a killed run left',
			releaseOf({status: 'pending-upgrade'}),
			'update release zenml-workspace/zenml (revision 3 is pending-upgrade)',
		],
		[
			'one of another chart',
			releaseOf({chart: 'zenml-0.93.0'}),
			'update release zenml-workspace/zenml (zenml-0.93.0 to zenml-0.95.1)',
		],
	])('%s', async (_what, release, change) => {
		expect((await seen({release: async () => release})).changes).toEqual([change]);
	});

	test('values are named by their paths, eight at most, and never shown', async () => {
		const {changes} = await seen({values: async () => ({server: {pro: {enrollmentKey: 'a-secret'}}, extra: 1})});
		expect(changes).toHaveLength(1);
		expect(changes[0]).toMatch(/^update release zenml-workspace\/zenml \(values extra, imagePullSecrets, .*, …\)$/u);
		expect(changes[0]?.split(', ')).toHaveLength(9);
		expect(changes[0]).not.toContain('a-secret');
	});

	test('a plan opens it to values and manifests, without secrets', async () => {
		const wanted = await workspaceRelease();
		const values = async () => ({server: {pro: {enrollmentKey: 'a-secret'}}, extra: 1});
		const manifest = async () => rendered.replace('cpu: 1', 'cpu: 2');
		const world = worldOf({...site(wanted, {values, manifest}), pass: 'look'});
		const [change] = await releaseChanges(world, wanted);
		const [ofValues, ofManifests] = change?.opens ?? [];
		expect(ofValues).toMatchObject({title: 'Values', lines: expect.arrayContaining(['- extra: 1'])});
		expect(ofManifests).toMatchObject({title: 'Manifests'});
		expect(ofManifests?.lines).toEqual(
			expect.arrayContaining([
				'1 object differs:',
				'~ Deployment zenml: changed, its pods are made anew',
				'-               cpu: 2',
			]),
		);
		const told = JSON.stringify(change);
		expect(told).not.toContain('a-secret');
		for (const {secrets} of secretTexts(wanted.values)) expect(told).not.toContain(secrets[0]);
	});

	test('what cannot be found out for that is told in its place', async () => {
		const wanted = await workspaceRelease();
		const refused = new ProblemError({code: 'time-out', area: 'cluster', message: 'No answer.', cause: 'c', fix: 'f'});
		const manifest = async () => {
			throw refused;
		};
		const world = worldOf({...site(wanted, {values: async () => ({}), manifest}), pass: 'look'});
		const [change] = await releaseChanges(world, wanted);
		expect(change?.opens).toEqual([{title: 'Values', lines: ['Values and manifests: not known. No answer.']}]);
	});

	test('a release without pods is rolled out again', async () => {
		expect((await seen({}, {pods: async () => []})).changes).toEqual([
			'update release zenml-workspace/zenml (it has no pods)',
		]);
	});

	test('workers carry the label of the release, and are no servers', async () => {
		const workers = [podOf('zenml-executor', {component: 'executor'}), podOf('migration', {job: 'zenml-db-migration'})];
		const {changes, told} = await seen({}, {pods: async () => workers});
		expect(changes).toEqual(['update release zenml-workspace/zenml (it has no server, only workers)']);
		expect(rowsOf(told)).toHaveLength(2);
		const both = await seen({}, {pods: async () => [...workers, podOf('zenml', {component: 'server'})]});
		expect(both.changes).toEqual([]);
	});

	test('a pod that starts gets a moment; one that is then ready is no difference', async () => {
		const looks = [[podOf('server-1', {ready: false})], [podOf('server-1')]];
		const {changes, told} = await seen({}, {pods: async () => looks.shift() ?? []});
		expect(changes).toEqual([]);
		expect(told).toContainEqual(
			expect.objectContaining({kind: 'waiting', reason: 'pods of release zenml-workspace/zenml to be ready'}),
		);
	});

	test('a pod that does not get ready is named with its reason, after that moment', async () => {
		const pods = async () => [
			podOf('server-1', {ready: false, phase: 'Pending'}),
			podOf('server-2', {ready: false, stuck: true, reason: 'image cannot be pulled'}),
			podOf('migration', {ready: false, phase: 'Succeeded'}),
		];
		expect((await seen({}, {pods})).changes).toEqual([
			'update release zenml-workspace/zenml (pod server-1 is not ready)',
			'update release zenml-workspace/zenml (pod server-2 is not ready: image cannot be pulled)',
		]);
	});
});

test('paths of values that differ: empty maps and lists count as absent', () => {
	expect(differingPaths({a: {b: 1, c: []}, d: {}}, {a: {b: 2}, e: null})).toEqual(['a.b']);
	expect(differingPaths({a: 1}, {a: {b: 1}})).toEqual(['a.b']);
	expect(differingPaths([1, 2], [2, 1], 'list')).toEqual(['list']);
	expect(differingPaths({a: [1]}, {a: [1]})).toEqual([]);
});

describe('the annotation by which pods see that their Secrets have changed', () => {
	test('it is made of the versions of both Secrets, and of nothing in them', async () => {
		const {apply, get} = kept();
		await apply(secretObject('zenml-workspace', 'zenml-ca', {'ca.crt': 'ca'}));
		const wanted = await workspaceRelease();
		const world = worldOf({cluster: {get}});
		expect((await withSecretStamp(world, wanted)).values).toMatchObject({
			podAnnotations: {'zenml-airgap.io/secrets': '1-0'},
		});
	});

	test('a Secret that an earlier step of a plan changes is another one, whether it is there or not', async () => {
		const wanted = await workspaceRelease();
		const change = {action: 'update', target: secretTarget('zenml-workspace', 'zenml-database')} as const;
		const planned = [change, {...change, target: secretTarget('zenml-pro', 'zenml-ca')}];
		const {values} = await withSecretStamp({...worldOf({cluster: kept()}), planned}, wanted);
		expect(values).toMatchObject({podAnnotations: {'zenml-airgap.io/secrets': '0-changed'}});
	});

	test('a release whose pods alone change says why', async () => {
		const wanted = await workspaceRelease();
		const stamped = await withSecretStamp(worldOf({cluster: kept()}), wanted);
		const values = async () => ({...wanted.values, podAnnotations: {'zenml-airgap.io/secrets': '1-1'}});
		const [change] = await releaseChanges(worldOf(site(stamped, {values})), stamped);
		expect(change).toMatchObject({action: 'update', detail: 'its pods are replaced: a secret that they read changes'});
	});

	test('annotations of the values stay beside it', async () => {
		const wanted = await workspaceRelease();
		const annotated = {...wanted, values: {...wanted.values, podAnnotations: {team: 'ml'}}};
		expect((await withSecretStamp(worldOf({cluster: kept()}), annotated)).values.podAnnotations).toEqual({
			team: 'ml',
			'zenml-airgap.io/secrets': '0-0',
		});
	});

	test('a chart without the key stays as it is', async () => {
		const wanted = await workspaceRelease();
		const old = {...wanted, contents: {...wanted.contents, known: {...wanted.contents.known, children: new Map()}}};
		expect(await withSecretStamp(worldOf(), old)).toBe(old);
	});
});

describe('the row of a pod', () => {
	test.each<readonly [Partial<PodView>, string, string]>([
		[{}, 'ok', 'ready'],
		[{ready: false, phase: 'Pending'}, 'pending', 'Pending'],
		[{ready: false, phase: 'Succeeded'}, 'ok', 'completed'],
		[{ready: false, phase: 'Terminating'}, 'ok', 'Terminating'],
		[{ready: false, phase: 'Failed'}, 'bad', 'Failed'],
		[{restarts: 1}, 'ok', 'ready, 1 restart'],
		[{ready: false, stuck: true, restarts: 2, reason: 'it crashes'}, 'bad', 'Running, 2 restarts, it crashes'],
	])('%j is %s: %s', (more, state, note) => {
		expect(podRow(podOf('p', more))).toMatchObject({kind: 'item', label: 'pod zenml-pro/p', state, note});
	});

	test('has what a table of pods shows of it', () => {
		const pod = podOf('p', {node: 'n1', createdAt: 5, containers: {ready: 1, total: 2}, status: 'Running'});
		expect(podRow(pod)).toMatchObject({
			pod: {
				namespace: 'zenml-pro',
				name: 'p',
				ready: 1,
				containers: 2,
				status: 'Running',
				restarts: 0,
				createdAt: 5,
				node: 'n1',
				images: pod.images,
			},
		});
	});
});

describe('patience with the pods of a rollout', () => {
	/** Shows the pods for that many seconds, one look a second; the second at which patience ends. */
	const endsAt = (earlier: readonly string[], looks: (second: number) => Partial<PodView>): number | undefined => {
		let now = 0;
		const patience = createPatience({now: () => now, sleep: async () => undefined}, new Set(earlier));
		for (let second = 0; second <= 200; second += 1) {
			now = second * 1000;
			const pods = [podOf('p', {ready: false, ...looks(second)})];
			patience.see(pods);
			if (patience.isOver(pods)) return second;
		}
		return undefined;
	};
	const stuck = {stuck: true};

	test('ends after 20 s for a new pod, and after 120 s for one of an earlier try', () => {
		expect(endsAt([], () => stuck)).toBe(20);
		expect(endsAt(['p'], () => stuck)).toBe(120);
	});

	test('has no end while a pod only takes its time', () => {
		expect(endsAt([], () => ({}))).toBeUndefined();
	});

	test('goes on counting while a crashing pod runs between its crashes, and begins anew once it was ready', () => {
		expect(endsAt([], (second) => (second % 5 === 0 ? stuck : {}))).toBe(20);
		expect(endsAt([], (second) => (second === 10 ? {ready: true} : stuck))).toBe(31);
	});

	test('ends at once after four new crashes; those of an earlier try do not count', () => {
		expect(endsAt([], (second) => ({...stuck, restarts: second}))).toBe(4);
		expect(endsAt([], () => ({...stuck, restarts: 40}))).toBe(20);
	});
});

describe('a rollout', () => {
	type Story = {
		/** What helm does, given the lines it may tell and the signal that ends it. */
		readonly upgrade: HelmPort['upgrade'];
		readonly pods?: readonly PodView[];
		readonly earlier?: readonly PodView[];
		readonly diagnose?: ClusterPort['diagnose'];
		readonly watchPods?: ClusterPort['watchPods'];
		readonly template?: HelmPort['template'];
		readonly signal?: AbortSignal;
		readonly clock?: FakeClock;
		readonly answers?: World['answers'];
		/** What looks at the database find, one after the other; without any it cannot be looked at. */
		readonly schemas?: DatabaseSchema[];
	};
	const untilAborted = async (signal: AbortSignal): Promise<never> =>
		new Promise((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason), {once: true});
		});
	/** Helm waits until it is told to stop. */
	const waiting: HelmPort['upgrade'] = async ({signal}) => untilAborted(signal);
	const roll = async (story: Story) => {
		const {pods = [], earlier = [], template = async () => rendered, signal, clock = fakeClock()} = story;
		const wanted = await workspaceRelease();
		const watchPods: ClusterPort['watchPods'] = async (_namespace, _selector, onChange, inner) => {
			onChange(pods);
			onChange(pods);
			await untilAborted(inner).catch(() => undefined);
		};
		const world = worldOf({
			clock,
			...(signal && {signal}),
			...(story.answers && {answers: story.answers}),
			host: files,
			databases: {
				postgresql: {
					schema: async ({username, database}) => {
						expect([username, database]).toEqual(['zenml_workspace_user', 'zenml_workspace']);
						const found = story.schemas?.shift();
						if (!found) throw refusal('database-unreachable', 'No database answers.');
						return found;
					},
				},
			},
			helm: {template, release: async () => undefined, upgrade: story.upgrade},
			cluster: {
				...untouched,
				...notes(),
				get: async () => generated(),
				version: async () => 'v1.34.0',
				pods: async () => earlier,
				watchPods: story.watchPods ?? watchPods,
				...(story.diagnose && {diagnose: story.diagnose}),
			},
		});
		return {world, done: clock.drive(applyRelease(world, wanted))};
	};
	const stuckPod = podOf('zenml-1', {ready: false, stuck: true, reason: 'crashes'});
	const cause = {...refusal('pod-crashing').problem, evidence: ['OOMKilled']};

	test('tells its lines, its pods once, and the revision that came of it', async () => {
		const {world, done} = await roll({
			pods: [podOf('zenml-1', {ready: false})],
			schemas: [
				{tables: 46, revision: '0.93.0'},
				{tables: 53, revision: '0.98.0'},
			],
			upgrade: async ({onLine, release, namespace, timeoutMs, description}) => {
				onLine('installing');
				expect({release, namespace, timeoutMs, description}).toEqual({
					release: 'zenml',
					namespace: 'zenml-workspace',
					timeoutMs: 900_000,
					description: 'zenml-airgap 0.95.1',
				});
				await new Promise((resolve) => setImmediate(resolve));
				return releaseOf({revision: 4});
			},
		});
		await done;
		expect(linesOf(world.told)).toEqual([
			'info helm: installing',
			'info release zenml-workspace/zenml: revision 4 deployed',
			'info database zenml_workspace: 46 tables, revision 0.93.0 → 53 tables, revision 0.98.0',
		]);
		expect(world.told).toContainEqual(expect.objectContaining({kind: 'line', record: true}));
		expect(world.told.filter(({kind}) => kind === 'item')).toHaveLength(1);
	});

	test.each([
		['nothing before', [{tables: 0}, {tables: 2, revision: '1'}], '0 tables, no revision → 2 tables, revision 1'],
		[
			'nothing new',
			[
				{tables: 2, revision: '1'},
				{tables: 2, revision: '1'},
			],
			'2 tables, revision 1, as before',
		],
	])('tells a database with %s', async (_what, schemas, words) => {
		const {world, done} = await roll({schemas, upgrade: async () => releaseOf()});
		await done;
		expect(linesOf(world.told)).toContain(`info database zenml_workspace: ${words}`);
	});

	test('goes on where its database cannot be looked at', async () => {
		const {world, done} = await roll({upgrade: async () => releaseOf()});
		await done;
		expect(linesOf(world.told)).toEqual([
			'debug No database answers.',
			'info release zenml-workspace/zenml: revision 3 deployed',
			'debug No database answers.',
		]);
	});

	test('that fails tells what it has left in the database', async () => {
		const {world, done} = await roll({
			schemas: [{tables: 46, revision: '0.93.0'}, {tables: 50}],
			upgrade: async () => {
				throw refusal('helm-forbidden');
			},
		});
		expect((await refusalOf(done)).code).toBe('helm-forbidden');
		expect(linesOf(world.told)).toEqual([
			'info database zenml_workspace: 46 tables, revision 0.93.0 → 50 tables, no revision',
		]);
	});

	test('is not begun when the chart does not render as it should', async () => {
		const {done} = await roll({
			template: async () => rendered.replaceAll('registry.corp/', 'docker.io/'),
			upgrade: async () => {
				throw new Error('helm was asked');
			},
		});
		expect(await refusalOf(done)).toMatchObject({code: 'image-from-outside'});
	});

	test('ends early with the cause of a stuck pod, named for its component, once helm has closed its release', async () => {
		const calls: string[] = [];
		const {done} = await roll({
			pods: [stuckPod],
			upgrade: async ({signal}) => {
				await untilAborted(signal).catch(() => undefined);
				calls.push('helm closed its release');
				throw refusal('helm-timeout');
			},
			diagnose: async ({namespace, labelSelector, component}) => {
				calls.push(`diagnose ${namespace} ${labelSelector} ${component}`);
				return cause;
			},
		});
		expect(await refusalOf(done)).toEqual(cause);
		expect(calls).toEqual([
			'diagnose zenml-workspace app.kubernetes.io/instance=zenml workspaces.0',
			'helm closed its release',
		]);
	});

	/** A rollout of 30 s in which one server has crashed once and says this; which pods were asked about. */
	const crashedOnce = async (said: string, earlier: readonly PodView[] = [], answers?: World['answers']) => {
		const asked: (readonly string[])[] = [];
		const clock = fakeClock();
		const {done} = await roll({
			clock,
			...(answers && {answers}),
			earlier,
			pods: [podOf('zenml-1', {ready: false, restarts: 1})],
			upgrade: async ({signal}) => {
				await clock.sleep(30_000, signal);
				return releaseOf();
			},
			diagnose: async ({readCrash, only}) => {
				asked.push([...(only ?? ['all'])]);
				return readCrash?.([said], {pod: 'zenml-1', job: undefined}) ?? cause;
			},
		});
		return {done, asked};
	};

	test('ends at the first crash where the next start must end the same way', async () => {
		const {done, asked} = await crashedOnce(`(1045, "Access denied for user 'zenml'@'10.1.0.7'")`);
		expect(await refusalOf(done)).toMatchObject({
			code: code('server-database-login'),
			answers: ['database.tls', 'workspaces.0.database.username', 'workspaces.0.database.password'],
		});
		expect(asked).toEqual([['zenml-1']]);
	});

	test('names the answers of the database server that the component has of its own', async () => {
		const server = {engine: 'mysql', host: 'own.corp'} as const;
		const own = answersOf(({workspaces: [first], ...input}) => ({
			...input,
			workspaces: first ? [{...first, database: {server}}] : [],
		}));
		const {done} = await crashedOnce('(1290, "running with the --read-only option")', [], own);
		expect(await refusalOf(done)).toMatchObject({
			code: code('server-database-read-only'),
			answers: ['workspaces.0.database.server.host'],
		});
	});

	test.each([
		['what may pass', [], '(1040, "Too many connections")', [['zenml-1']]],
		['what nobody knows', [], 'KeyError', [['zenml-1']]],
		['what a pod of an earlier try says', ['zenml-1'], '(1049, "Unknown database")', []],
	])('goes on over %s, and asks once for each crash', async (_what, before, said, expected) => {
		const {done, asked} = await crashedOnce(
			said,
			before.map((name) => podOf(name, {ready: false, restarts: 1})),
		);
		await done;
		expect(asked).toEqual(expected);
	});

	test('goes on while the cluster tells no cause, or cannot be asked', async () => {
		let asked = 0;
		const {world, done} = await roll({
			pods: [stuckPod],
			upgrade: waiting,
			diagnose: async () => {
				asked += 1;
				if (asked === 1) throw refusal('kubernetes-unreachable', 'Nobody answers.');
				return asked === 2 ? undefined : cause;
			},
		});
		expect((await refusalOf(done)).code).toBe('pod-crashing');
		expect(asked).toBe(3);
		expect(linesOf(world.told)).toContain('debug Nobody answers.');
	});

	test('a pod of an earlier try is given time for the hooks of the new one', async () => {
		const clock = fakeClock();
		let failedAt = 0;
		const wanted = await workspaceRelease();
		const world = worldOf({
			clock,
			helm: {template: async () => rendered, release: async () => undefined, upgrade: waiting},
			cluster: {
				...untouched,
				...notes(),
				version: async () => 'v1.34.0',
				pods: async () => [stuckPod],
				watchPods: async (_namespace, _selector, onChange, signal) => {
					onChange([stuckPod]);
					await untilAborted(signal);
				},
				diagnose: async () => {
					failedAt = clock.now();
					return cause;
				},
			},
		});
		await expect(clock.drive(applyRelease(world, wanted))).rejects.toThrow();
		expect(failedAt).toBe(120_000);
	});

	test.each([
		'helm-timeout',
		'helm-hook-failed',
		'helm-job-failed',
		'helm-quota',
		'helm-admission-denied',
		'helm-failed',
	] as const)('what helm calls %s is told by what the cluster knows, with both evidences', async (name) => {
		const told = refusal(name, 'Helm failed.', {evidence: ["helm's own words"]});
		const {done} = await roll({
			upgrade: async () => {
				throw told;
			},
			diagnose: async () => cause,
		});
		expect(await refusalOf(done)).toEqual({...cause, evidence: ['OOMKilled', "helm's own words"]});
	});

	test("helm's word stands where the cluster knows no more", async () => {
		const {done} = await roll({
			upgrade: async () => {
				throw refusal('helm-timeout');
			},
			diagnose: async () => undefined,
		});
		expect((await refusalOf(done)).code).toBe('helm-timeout');
	});

	test.each([
		'helm-conflict',
		'helm-ownership',
		'helm-forbidden',
		'helm-render-failed',
		'kubernetes-unreachable',
	] as const)('%s came before any pod: pods of an earlier revision are not blamed for it', async (name) => {
		const {done} = await roll({
			upgrade: async () => {
				throw refusal(name);
			},
		});
		expect((await refusalOf(done)).code).toBe(name);
	});

	test('a watch that fails ends it, and helm with it', async () => {
		let ended = false;
		const {done} = await roll({
			watchPods: async () => {
				throw refusal('kubernetes-forbidden');
			},
			upgrade: async ({signal}) => {
				await untilAborted(signal).catch(() => undefined);
				ended = true;
				return releaseOf();
			},
		});
		expect((await refusalOf(done)).code).toBe('kubernetes-forbidden');
		expect(ended).toBe(true);
	});

	test('a watch that ends by itself leaves the word to helm', async () => {
		const {done} = await roll({watchPods: async () => undefined, upgrade: async () => releaseOf()});
		await done;
	});

	test('the operator who stops it gets that, not a problem', async () => {
		const stop = new AbortController();
		const {done} = await roll({
			signal: stop.signal,
			pods: [stuckPod],
			upgrade: async ({signal}) => {
				stop.abort(new Error('Ctrl-C'));
				signal.throwIfAborted();
				return releaseOf();
			},
		});
		await expect(done).rejects.toThrow('Ctrl-C');
	});
});

test('the audit keeps what the chart itself warned of, beside what was rendered', async () => {
	const wanted = {...(await workspaceRelease()), warnings: ['takes no CA']};
	const twice = rendered.replace('env:', 'env:\n            - {name: A, value: 1}\n            - {name: A, value: 2}');
	const world = worldOf(site(wanted, {template: async () => twice}));
	const {problems, warnings} = await auditRelease(world, wanted);
	expect(problems).toEqual([]);
	expect(warnings).toEqual(['takes no CA', expect.stringContaining('refuse the next upgrade: A')]);
	const unknown = {...wanted, values: {...wanted.values, nonsense: {key: 1}}};
	expect(await auditRelease(worldOf(), unknown)).toMatchObject({
		problems: [{code: 'chart-keys-unknown'}],
		warnings: ['takes no CA'],
	});
});

test('a release names the answers of its own component', async () => {
	const second = {name: 'second', host: 'second.corp.internal', namespace: 'zenml-second', release: 'second'};
	const answers = answersOf((input) => ({
		...input,
		workspaces: [...input.workspaces, {...second, database: {name: 'zenml_second', username: 'zenml_second_user'}}],
	}));
	const world = worldOf({answers, bundle: carried()});
	const releases = await Promise.all(answers.workspaces.map(async (workspace) => sampleWorkspace(world, workspace)));
	expect(releases.map(({component, name, namespace}) => [component, name, namespace])).toEqual([
		['workspaces.0', 'zenml', 'zenml-workspace'],
		['workspaces.1', 'second', 'zenml-second'],
	]);
});
