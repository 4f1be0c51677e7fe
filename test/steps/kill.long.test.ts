import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import type {Event} from '../../source/engine/events.ts';
import {builtProgram, type Program} from '../helpers/built-program.ts';
import {databasesOf, objectsOf, playedMysqlOf, registryOf} from '../helpers/dump.ts';
import {randomFrom} from '../helpers/random.ts';
import {makeFolder, type Site, startSite} from '../helpers/world.ts';

const never = new AbortController().signal;
let folder: string;
let site: Site | undefined;
let built: Program;
let undisturbed: unknown;

const at = (name: string): string => path.join(folder, name);

/** The same empty world again: same ports, same CA, same passwords. */
const begin = async (): Promise<Site> => {
	await site?.stop();
	await rm(at('world'), {recursive: true, force: true});
	await rm(at('state'), {recursive: true, force: true});
	// As root PostgreSQL's files belong to another user, which only root's own copy keeps.
	const copy = spawn('cp', ['-a', at('pristine'), at('world')], {stdio: 'ignore'});
	const [code] = (await once(copy, 'close')) as [number];
	expect(code).toBe(0);
	site = await startSite({folder});
	await writeFile(
		at('answers.yaml'),
		JSON.stringify({...site.rehearsal.answers, helm: {binary: site.answers().helm.binary}}),
		{
			mode: 0o600,
		},
	);
	return site;
};

/** When the program gets SIGKILL: after which event, once what is waited for is there, and how many ms later. */
type KillAt = {
	readonly when: (event: Event) => boolean;
	readonly until?: (isOver: () => boolean) => Promise<void>;
	readonly afterMs: number;
};

const program = async (killAt?: KillAt) => {
	const child = spawn(
		built.node,
		[built.cli, 'install', '--non-interactive', '--json', '--answers', at('answers.yaml'), '--state-dir', at('state')],
		{env: {PATH: process.env.PATH, HOME: at('home')}, stdio: ['ignore', 'pipe', 'pipe']},
	);
	let errors = '';
	child.stderr.on('data', (chunk: Buffer) => {
		errors += chunk.toString('utf8');
	});
	const events: Event[] = [];
	const ended = once(child, 'close');
	for await (const line of createInterface({input: child.stdout})) {
		const event = JSON.parse(line) as Event;
		events.push(event);
		if (killAt?.when(event)) {
			await killAt.until?.(() => child.exitCode !== null);
			await sleep(killAt.afterMs);
			child.kill('SIGKILL');
			break;
		}
	}
	child.stdout.resume();
	const [exitCode, signal] = (await ended) as [number | null, string | null];
	return {exitCode, signal, events, errors};
};

const generatedOf = async (of: Site): Promise<Readonly<Record<string, string>>> => {
	const {cluster} = await of.world(of.answers());
	const reference = {apiVersion: 'v1', kind: 'Secret', namespace: 'zenml-pro', name: 'zenml-airgap-generated'};
	return ((await cluster.get(reference, never))?.data ?? {}) as Record<string, string>;
};

/** What every world has of its own, whoever installs: times, ids, generated names and secrets. */
const volatile =
	/^(uid|resourceVersion|creationTimestamp|generation|managedFields|selfLink|clusterIPs?|checksum\/.*|zenml-airgap\.io\/secret.*|pod-template-hash|controller-uid|batch\.kubernetes\.io\/.*|.*\/restartedAt|deployment\.kubernetes\.io\/revision)$/u;
const plain = (value: unknown): unknown => {
	if (typeof value === 'string') return value.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, '<id>');
	if (Array.isArray(value)) return value.map(plain);
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => !volatile.test(key))
			.map(([key, inner]) => [key, plain(inner)]),
	);
};

/** Secrets whose values are made anew in every world. */
const ownValues =
	/^(zenml-airgap-generated|zenml-airgap-applied-.*|zenml-airgap-state|zenml-database|zenml-enrollment|zenml|zenml-pro)$/u;

const describeObject = (object: KubeObject): readonly [string, unknown] | undefined => {
	const {kind, metadata, spec, data, type} = object;
	const {namespace = '', name, labels, annotations} = metadata;
	// What controllers make of these, and Helm's own history, may have been through more revisions.
	if (['ReplicaSet', 'Lease', 'Node', 'Job'].includes(kind) || type === 'helm.sh/release.v1') return undefined;
	if (kind === 'Pod') {
		const {phase} = object.status as {readonly phase?: string};
		const {containers} = spec as {readonly containers: readonly {readonly image: string}[]};
		if (phase !== 'Running') return undefined;
		return [`Pod ${namespace}/${labels?.['app.kubernetes.io/component']} ${containers.map(({image}) => image)}`, phase];
	}
	const values = kind === 'Secret' && ownValues.test(name) ? Object.keys(data ?? {}).sort() : data;
	return [`${kind} ${namespace}/${name}`, plain({labels, annotations, spec, type, values})];
};

/** Accounts with what they may do and databases with their tables and numbers of rows; passwords are other ones in every world. */
const mysqlOf = async (of: Site) => {
	const {accounts = {}, databases = {}} = (await playedMysqlOf(of)) ?? {};
	return {
		accounts: Object.entries(accounts).map(([name, {requires, isLocked, grants}]) => ({
			name,
			requires,
			isLocked,
			grants,
		})),
		databases: Object.entries(databases).map(([name, {encoding, tables}]) => ({
			...{name, encoding},
			rows: Object.fromEntries(Object.entries(tables).map(([table, {rows}]) => [table, rows.length])),
		})),
	};
};

const dump = async (of: Site) => {
	const objects = (await objectsOf(of)).flatMap((object) => {
		const entry = describeObject(object);
		return entry ? [entry] : [];
	});
	const {helm} = await of.world(of.answers());
	const {databases, roles, counts} = (await databasesOf(of)) as {
		readonly databases: unknown;
		readonly roles: readonly {readonly rolname: string; readonly rolcanlogin: boolean}[];
		readonly counts: unknown;
	};
	return {
		objects: Object.fromEntries(objects.sort(([a], [b]) => (a < b ? -1 : 1))),
		podCount: objects.filter(([name]) => name.startsWith('Pod ')).length,
		releases: [
			(await helm.release('zenml-pro', 'zenml-pro', never))?.status,
			(await helm.release('zenml', 'zenml-workspace', never))?.status,
		],
		registry: await registryOf(of),
		mysql: await mysqlOf(of),
		databases: {databases, counts, roles: roles.map(({rolname, rolcanlogin}) => ({rolname, rolcanlogin}))},
	};
};

beforeAll(async () => {
	built = await builtProgram();
	folder = await makeFolder();
	const first = await startSite({folder});
	await first.stop();
	const copy = spawn('cp', ['-a', at('world'), at('pristine')], {stdio: 'ignore'});
	await once(copy, 'close');
	const world = await begin();
	const run = await program();
	expect(run.errors).not.toContain('refused');
	expect(run.exitCode).toBe(0);
	undisturbed = await dump(world);
});
afterEach(async () => {
	await site?.stop();
	site = undefined;
});
afterAll(async () => {
	await site?.stop();
	if (folder) await rm(folder, {recursive: true, force: true});
});

/** The moments are the same in every run of the tests. */
const {below} = randomFrom(20_260_521);
const moments = (
	['images', 'namespaces', 'secrets', 'databases', 'control-plane', 'onboarding', 'workspaces'] as const
).map((step) => ({
	step,
	skip: below(3),
	afterMs: below(step === 'control-plane' || step === 'workspaces' ? 900 : 120),
}));

/** True at the event that comes `skip` events after the step began to work. */
const during = (step: string, skip: number) => {
	let seen = -1;
	return (event: Event): boolean => {
		if (event.type === 'step-applying' && event.step === step) seen = 0;
		else if (seen >= 0) seen += 1;
		return seen >= skip;
	};
};

const resumeToTheEnd = async (world: Site, before: Readonly<Record<string, string>>): Promise<void> => {
	const resumed = await program();
	expect(resumed.errors).not.toContain('unexpected');
	expect(resumed.exitCode).toBe(0);
	// A second key would make what the first one encrypted unreadable.
	expect(await generatedOf(world)).toMatchObject(before);
	expect(await world.sql('select count(*)::int as n from workspace', 'zenml_pro')).toEqual([{n: 1}]);
	expect(await dump(world)).toEqual(undisturbed);
};

/** Where half of a thing may be left that nobody can make again: keys, a release under way, an enrollment. */
const delicate = ['secrets', 'control-plane', 'workspaces'];

/** Processes of the helm program of this test that are there, by what they were started with. */
const helms = async (binary: string): Promise<readonly string[]> => {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name));
	const lines = await Promise.all(
		pids.map(async (pid) => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').join(' ')),
	);
	return lines.filter((line) => line.includes(binary) && line.includes(folder));
};

/** The real helm, which waits before each change for as long as it is told and leaves word that it is at it. */
const slowHelm = async (world: Site): Promise<string> => {
	const real = world.answers().helm.binary;
	const binary = at('helm');
	const body = `case "$1" in upgrade) echo $$ >> ${at('upgrades')}; sleep 1;; esac\nexec '${real}' "$@"`;
	await writeFile(binary, `#!/bin/sh\n${body}\n`, {mode: 0o755});
	const answers = JSON.parse(await readFile(at('answers.yaml'), 'utf8')) as Record<string, unknown>;
	await writeFile(at('answers.yaml'), JSON.stringify({...answers, helm: {binary}}), {mode: 0o600});
	return real;
};

/** `SOAK_KILLS=60 npx vitest run test/steps/kill.long.test.ts`: how often the soak kills; it is left out where none is named. */
const soakKills = Number(process.env.SOAK_KILLS ?? 0);

describe('kill -9 of the program while helm is at work', () => {
	it.each(soakKills > 0 ? [300, 1500, 2600] : [1500])(
		'%i ms into the release of the control plane leaves no helm behind, and the next run ends well',
		async (afterMs) => {
			const world = await begin();
			const real = await slowHelm(world);
			const killed = await program({when: during('control-plane', 0), afterMs: 1500 + afterMs});
			expect(killed.signal).toBe('SIGKILL');
			const before = await generatedOf(world);
			while ((await helms(real)).length > 0) await sleep(50);
			await resumeToTheEnd(world, before);
		},
		300_000,
	);
});

describe('kill -9 of the program, and the same command again', () => {
	it.each(moments.filter(({step}) => delicate.includes(step)))(
		'while it works on $step ($skip events and $afterMs ms in)',
		async ({step, skip, afterMs}) => {
			const world = await begin();
			const killed = await program({when: during(step, skip), afterMs});
			expect(killed.signal).toBe('SIGKILL');
			await resumeToTheEnd(world, await generatedOf(world));
		},
		300_000,
	);

	it('at a moment of every step in a row; then nothing is left to do', async () => {
		const world = await begin();
		let known: Readonly<Record<string, string>> = {};
		for (const {step, skip, afterMs} of moments) {
			const killed = await program({when: during(step, skip), afterMs});
			if (killed.signal !== 'SIGKILL') expect(killed.exitCode).toBe(0);
			const now = await generatedOf(world);
			expect(now).toMatchObject(known);
			known = now;
		}
		await resumeToTheEnd(world, known);
		const again = await program();
		expect(again.exitCode).toBe(0);
		expect(again.events.filter(({type}) => type === 'step-applying')).toEqual([]);
	}, 300_000);
});

/** Waits until helm is at work on a release, or the program has ended. */
const untilHelm =
	(real: string): NonNullable<KillAt['until']> =>
	async (isOver) => {
		while (!isOver() && !(await helms(real)).some((line) => line.includes(' upgrade '))) await sleep(5);
	};

/** Where the soak kills: every third time inside helm. */
const soakMoment = (kill: number, real: string): KillAt => {
	if (kill % 3 === 0) {
		const step = below(2) === 0 ? 'control-plane' : 'workspaces';
		return {when: during(step, 0), until: untilHelm(real), afterMs: below(1200)};
	}
	const {step, skip} = moments[below(moments.length)] ?? {step: 'secrets', skip: 0};
	return {when: during(step, skip), afterMs: below(600)};
};

/** Kills a fresh install again and again until one comes to its end. Returns how many kills it took. */
const soakWorld = async (most: number): Promise<number> => {
	const world = await begin();
	const real = world.answers().helm.binary;
	let known: Readonly<Record<string, string>> = {};
	let kills = 0;
	while (kills < most) {
		const {signal, exitCode, errors} = await program(soakMoment(kills, real));
		if (signal !== 'SIGKILL') {
			expect(exitCode, errors).toBe(0);
			expect(errors).not.toContain('unexpected');
			break;
		}
		kills += 1;
		const now = await generatedOf(world);
		expect(now).toMatchObject(known);
		known = now;
	}
	await resumeToTheEnd(world, known);
	expect(await helms(real)).toEqual([]);
	return kills;
};

describe.runIf(soakKills > 0)('a soak of kills', () => {
	it('a third of them inside helm, ends in equal worlds without orphans', {timeout: 3_600_000}, async () => {
		let kills = 0;
		for (let worlds = 0; kills < soakKills; worlds += 1) {
			// A world that nothing kills is no soak.
			expect(worlds).toBeLessThan(soakKills);
			kills += await soakWorld(Math.min(8, soakKills - kills));
		}
		expect(kills).toBe(soakKills);
	});
});
