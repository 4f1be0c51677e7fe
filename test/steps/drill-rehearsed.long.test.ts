import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {Decrypter} from 'age-encryption';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Answers} from '../../source/answers/schema.ts';
import {runPlan} from '../../source/app/run/run.ts';
import {unattended} from '../../source/engine/controls.ts';
import type {Event} from '../../source/engine/events.ts';
import {drillPlan} from '../../source/plans/drill.ts';
import type {PlanEntry} from '../../source/plans/index.ts';
import {plans} from '../../source/plans/index.ts';
import {failoverSteps} from '../../source/steps/failover/index.ts';
import {builtProgram, type Program} from '../helpers/built-program.ts';
import {clientsOf} from '../helpers/database-clients.ts';
import {entryOf} from '../helpers/plan-entry.ts';
import {type Site, startSite} from '../helpers/world.ts';

const {signal: never} = new AbortController();
const folder = await mkdtemp(path.join(tmpdir(), 'drill-'));
const tools = await clientsOf('PostgreSQL', path.join(folder, 'clients'));
const mysqlTools = await clientsOf('MySQL', path.join(folder, 'clients'));

const isReal = tools !== undefined && mysqlTools !== undefined;

let built: Program;
let site: Site;
let answers: Answers;
beforeAll(async () => {
	// The programs that fit the servers of the rehearsal are found as on any host.
	process.env.PATH = `${tools}:${process.env.PATH}`;
	site = await startSite({mysql: 'unpacked'});
	answers = site.answers((input) => ({
		...input,
		backup: {...input.backup, folder: path.join(site.folder, 'backups'), encryption: 'none'},
	}));
	built = await builtProgram();
	const input = {...site.rehearsal.answers, helm: {binary: answers.helm.binary}, backup: answers.backup};
	await writeFile(path.join(site.folder, 'answers.yaml'), JSON.stringify(input), {mode: 0o600});
	expect(await site.run(answers)).toMatchObject({outcome: 'done'});
}, 240_000);
afterAll(async () => {
	await site.stop();
	await rm(folder, {recursive: true, force: true});
});

const go = async (plan: PlanEntry, signal = never, onEvent: (event: Event) => void = () => undefined) => {
	const events: Event[] = [];
	const report = await runPlan({
		context: site.context(),
		stateDirectory: site.stateDirectory,
		plan,
		pass: 'apply',
		answers,
		prompted: new Map(),
		controls: () => unattended({acknowledged: () => false, handoverLimitMs: 0}),
		signal,
		listeners: [
			(event) => {
				events.push(event);
				onEvent(event);
			},
		],
	});
	const failed = events.flatMap((event) => (event.type === 'step-problem' ? [event.problem] : []));
	return {report, events, failed};
};

const drill = () => entryOf(drillPlan(), 'drill-source');

const lastReport = async () => {
	const text = await readFile(path.join(site.stateDirectory, 'drill.json'), 'utf8');
	return JSON.parse(text) as {
		result: string;
		run: string;
		checks: {what: string; outcome: string; note: string}[];
		rtoMs: number;
		rpoMs: number;
	};
};

const nothingLeft = async (): Promise<void> => {
	const world = await site.world(answers);
	expect(
		await world.cluster.get({apiVersion: 'v1', kind: 'Namespace', name: 'zenml-airgap-drill'}, never),
	).toBeUndefined();
	expect(await site.sql("select datname from pg_database where datname like 'zenml\\_drill%'")).toEqual([]);
	expect(await site.sql("select rolname from pg_roles where rolname like 'zenml\\_drill%'")).toEqual([]);
};

test.runIf(isReal)(
	'a backup is restored into scratch, looked at, written down, and nothing of it stays',
	async () => {
		const backup = await go(plans.backup);
		expect(backup.failed).toEqual([]);
		expect(backup.report).toMatchObject({outcome: 'done'});

		const {report, failed} = await go(drill());
		const found = existsSync(path.join(site.stateDirectory, 'drill.json')) ? await lastReport() : undefined;
		expect({failed, checks: found?.checks.filter(({outcome}) => outcome === 'failed')}).toEqual({
			failed: [],
			checks: [],
		});
		expect(report).toMatchObject({outcome: 'done', exitCode: 0});
		expect(found).toMatchObject({result: 'passed'});
		const seen = new Map(found?.checks.map(({what, outcome}) => [what, outcome]));
		expect(Object.fromEntries(seen)).toMatchObject({
			'control plane: database against the manifest': 'passed',
			'control plane: login': 'passed',
			'workspace default: database against the manifest': 'passed',
			'workspace default: /health and /info': 'passed',
			'workspace default: as a member of the control plane': 'open',
			'no way to the real servers': 'open',
		});
		await nothingLeft();
		const [text = ''] = (await readdir(path.join(site.stateDirectory, 'reports'))).filter(
			(one) => one.startsWith('drill-') && one.endsWith('.txt'),
		);
		expect(await readFile(path.join(site.stateDirectory, 'reports', text), 'utf8')).toContain(
			'does not enforce NetworkPolicy',
		);
		const [kept] = await (await site.world(answers)).backups.list(never);
		expect(kept?.uses).toMatchObject([{kind: 'drill', note: expect.stringContaining('passed, 2 databases')}]);
	},
	600_000,
);

/** The program itself, as an operator starts it; killed by SIGKILL at an event where told. */
const program = async (words: readonly string[], killAt?: (event: Event) => number | undefined) => {
	const state = ['--state-dir', site.stateDirectory];
	const place = words[0] === 'status' ? state : [...state, '--answers', path.join(site.folder, 'answers.yaml')];
	const child = spawn(built.node, [built.cli, ...words, ...place], {
		env: {PATH: process.env.PATH, HOME: site.folder, ESCROW: 'a passphrase for the safe'},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let [text, errors] = ['', ''];
	child.stderr.on('data', (chunk: Buffer) => {
		errors += chunk.toString('utf8');
	});
	const ended = once(child, 'close');
	for await (const line of createInterface({input: child.stdout})) {
		text += `${line}\n`;
		const afterMs = killAt?.(JSON.parse(line) as Event);
		if (afterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), afterMs);
	}
	const [exitCode, killed] = (await ended) as [number | null, string | null];
	return {exitCode, killed, text, errors};
};

test.runIf(isReal)(
	'one that is stopped cleans up itself',
	async () => {
		const stop = new AbortController();
		const {report} = await go(drill(), stop.signal, (event) => {
			if (event.type === 'step-applying' && event.step === 'drill-servers')
				setTimeout(() => stop.abort(new Error('stopped')), 1500);
		});
		expect(report.outcome).not.toBe('done');
		await nothingLeft();
	},
	600_000,
);

test.runIf(isReal)(
	'one that is killed at any moment is removed by --clean, and by the next drill',
	async () => {
		const words = ['--non-interactive', '--json'];
		for (const [step, ms] of [
			['drill-databases', 0],
			['drill-databases', 700],
			['drill-servers', 900],
			['drill-clean', 20],
		] as const) {
			const {killed} = await program(['drill', ...words], (event) =>
				event.type === 'step-applying' && event.step === step ? ms : undefined,
			);
			expect(killed).toBe('SIGKILL');
			const cleaned = await program(['drill', '--clean', ...words]);
			expect(cleaned).toMatchObject({exitCode: 0});
			await nothingLeft();
		}
		await program(['drill', ...words], (event) =>
			event.type === 'step-applying' && event.step === 'drill-servers' ? 1200 : undefined,
		);
		const again = await program(['drill', ...words]);
		expect(again).toMatchObject({exitCode: 0});
		await nothingLeft();
		const status = await program(['status']);
		expect(status.text).toContain('last drill: passed');
	},
	900_000,
);

test.runIf(isReal)(
	'copies of keys are written for the safe, confirmed and told',
	async () => {
		const file = path.join(site.folder, 'keys.age');
		const unconfirmed = await program(['backup', 'escrow']);
		expect(unconfirmed).toMatchObject({exitCode: 0, errors: ''});
		expect(unconfirmed.text).toContain('workspaces.default.encryptionKey');
		expect(unconfirmed.text).toContain('Copy outside:  never confirmed');
		const key = (
			await (
				await site.world(answers)
			).cluster.get({apiVersion: 'v1', kind: 'Secret', namespace: 'zenml-pro', name: 'zenml-airgap-generated'}, never)
		)?.data as Record<string, string>;
		const value = Buffer.from(key['workspaces.default.encryptionKey'] ?? '', 'base64').toString('utf8');
		expect(value).toMatch(/^[0-9a-f]{64}$/u);
		const refused = await program(['backup', 'escrow', '--out', file]);
		expect(refused.errors).toContain('The keys are not written: nobody is named who can read them.');
		const readers = ['--set', 'backup.encryption=age', '--set', 'backup.passphrase=env:ESCROW'];
		const written = await program(['backup', 'escrow', '--out', file, '--confirm', 'safe in room 12', ...readers]);
		expect(written.errors).toBe('');
		expect(written.exitCode).toBe(0);
		expect(`${unconfirmed.text}${written.text}`).not.toContain(value);
		const sealed = await readFile(file);
		expect(sealed.toString('latin1')).not.toContain(value);
		const decrypter = new Decrypter();
		decrypter.addPassphrase('a passphrase for the safe');
		expect(JSON.parse(await decrypter.decrypt(sealed, 'text'))).toMatchObject({
			keys: {'workspaces.default.encryptionKey': value},
		});
		const again = await program(['backup', 'escrow', '--out', file, ...readers]);
		expect(again.errors).toContain('cannot be written');
		expect((await program(['backup', 'status'])).text).toMatch(/Keys outside: {2}\S+ by \S+ on .*: safe in room 12\n/u);
		expect((await program(['status'])).text).toContain('safe in room 12');
		const unfit = await program(['backup', 'escrow', '--confirm', ' ']);
		expect(unfit.errors).toContain('Where the copy lies is not told.');
	},
	120_000,
);

test('a real server that stands still, and then takes no changes for a while, is measured', async () => {
	const world = path.join(site.folder, 'world');
	const found = (await readdir(world, {recursive: true})).find((one) => one.endsWith('postmaster.pid'));
	const [pid = ''] = (await readFile(path.join(world, found ?? ''), 'utf8')).split('\n');
	let begun = false;
	const fail = async (): Promise<void> => {
		process.kill(Number(pid), 'SIGSTOP');
		await sleep(2500);
		process.kill(Number(pid), 'SIGCONT');
		await site.sql('ALTER SYSTEM SET default_transaction_read_only = on');
		await site.sql('SELECT pg_reload_conf()');
		await sleep(3000);
		await site.sql('ALTER SYSTEM RESET default_transaction_read_only');
		await site.sql('SELECT pg_reload_conf()');
	};
	const steps = failoverSteps({answerMs: 1000, pauseMs: 200, windowMs: 1000, quietMs: 3000});
	const plan = {id: 'failover', title: 'Watching a failover', command: 'zenml-airgap drill failover', steps};
	const words: string[] = [];
	let failing: Promise<void> | undefined;
	const report = await runPlan({
		context: site.context(),
		stateDirectory: site.stateDirectory,
		plan: entryOf(plan, 'failover-ready'),
		pass: 'apply',
		answers,
		prompted: new Map(),
		controls: () => unattended({acknowledged: () => false, handoverLimitMs: 60_000}),
		signal: never,
		listeners: [
			(event) => {
				if (event.type === 'step-detail' && event.detail.kind === 'line') words.push(event.detail.text);
				if (event.type !== 'step-waiting' || begun) return;
				begun = true;
				failing = fail();
			},
		],
	});
	await failing;
	expect(report).toMatchObject({outcome: 'done', exitCode: 0});
	const [file = ''] = (await readdir(path.join(site.stateDirectory, 'reports'))).filter(
		(one) => one.startsWith('failover-') && one.endsWith('.json'),
	);
	const made = JSON.parse(await readFile(path.join(site.stateDirectory, 'reports', file), 'utf8')) as {
		seen: {label: string; failures: number; reasons: string[]; withoutAnswerMs?: {least: number}}[];
	};
	const database = made.seen.find(({label}) => label === 'database of the control plane');
	expect(database?.failures).toBeGreaterThan(0);
	expect(database?.reasons).toContain('database-read-only');
	expect(words.join('\n')).toContain('database of the control plane: gives no answer');
	// Its server has a database of its own; on a busy machine it may once be late.
	const workspace = made.seen.find(({label}) => label === 'workspace default');
	expect(workspace?.reasons).not.toContain('database-read-only');
	expect(workspace?.failures).toBeLessThan(database?.failures ?? 0);
}, 180_000);
