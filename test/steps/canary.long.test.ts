import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {chmod, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {AnswersInput} from '../../source/answers/schema.ts';
import {builtProgram, type Program} from '../helpers/built-program.ts';
import {uninstall} from '../helpers/uninstall.ts';
import {makeContext, makeFolder, type Site, startSite} from '../helpers/world.ts';

/** A secret that no encoding leaves as it is, and that nothing else contains. */
const canary = (name: string): string => `k&n"${name}'ä/+${randomBytes(6).toString('hex')}`;

const planted = {
	registry: `registry-${randomBytes(9).toString('hex')}`,
	dba: canary('dba'),
	admin: canary('admin'),
	controlPlaneDatabase: canary('pro-db'),
	workspaceDatabase: canary('ws-db'),
	user: canary('user'),
};

let folder: string;
let site: Site;
let built: Program;
const never = new AbortController().signal;

/** The forms in which a secret could be written down; JSON may escape it once more inside a text. */
const formsOf = (secret: string): readonly string[] => {
	const bytes = Buffer.from(secret, 'utf8');
	const json = JSON.stringify(secret).slice(1, -1);
	// In a longer text the first and last characters of base64 depend on the neighbours.
	const base64 = [0, 1, 2].map((offset) => {
		const text = Buffer.concat([Buffer.alloc(offset), bytes, Buffer.alloc(3)]).toString('base64');
		return text.slice(offset === 0 ? 0 : 4, Math.floor((offset + bytes.length) / 3) * 4);
	});
	return [
		...new Set([
			secret,
			json,
			JSON.stringify(json).slice(1, -1),
			encodeURIComponent(secret),
			encodeURI(secret),
			new URLSearchParams({s: secret}).toString().slice(2),
			bytes.toString('hex'),
			bytes.toString('hex').toUpperCase(),
			...base64,
			...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
		]),
	].filter((form) => form.length >= 6);
};

const leaks = (where: string, text: string, secrets: ReadonlyMap<string, string>): readonly string[] =>
	[...secrets].flatMap(([name, secret]) =>
		formsOf(secret).flatMap((form, index) => (text.includes(form) ? [`${name} in ${where} (form ${index})`] : [])),
	);

const filesIn = async (root: string): Promise<ReadonlyMap<string, string>> => {
	const entries = await readdir(root, {recursive: true, withFileTypes: true}).catch(() => []);
	const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
	return new Map(
		await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1').catch(() => '')] as const)),
	);
};

/** What every user of this host could see of the program and its children, and what lies in its temporary folder. */
const watchProcesses = (root: number, temporary: string) => {
	const seen = new Set<string>();
	let on = true;
	const watching = (async () => {
		while (on) {
			const parents = new Map<string, string>();
			const lines = new Map<string, string>();
			for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))) {
				const [stat, line] = await Promise.all(
					['stat', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
				);
				parents.set(pid, /\) \S (\d+)/u.exec(stat ?? '')?.[1] ?? '');
				lines.set(pid, line ?? '');
			}
			for (const [pid, line] of lines) {
				let at: string | undefined = pid;
				while (at && at !== String(root)) at = parents.get(at);
				if (at) seen.add(line);
			}
			for (const text of (await filesIn(temporary)).values()) seen.add(text);
			await sleep(20);
		}
	})();
	return async () => {
		on = false;
		await watching;
		return [...seen];
	};
};

beforeAll(async () => {
	built = await builtProgram();
	folder = await makeFolder();
	// The registry's password is the rehearsal's own; a world is begun, given the planted one, and begun again.
	const first = await startSite({folder});
	await first.stop();
	const record = path.join(folder, 'world', 'rehearsal.json');
	await writeFile(
		record,
		JSON.stringify({...JSON.parse(await readFile(record, 'utf8')), registryPassword: planted.registry}),
	);
	await writeFile(path.join(folder, 'world', 'secrets', 'registry-password'), planted.registry, {mode: 0o600});
	const wrapper = path.join(folder, 'helm');
	await mkdir(path.join(folder, 'recorded'));
	await writeFile(
		wrapper,
		`#!/bin/sh\nfile='${folder}/recorded/'$$\nprintf '%s\\n' "$@" > "$file"\nenv >> "$file"\nexec '${built.helm}' "$@"\n`,
	);
	await chmod(wrapper, 0o755);
	site = await startSite({folder, helm: wrapper});
	const quoted = `'${planted.dba.replaceAll("'", "''")}'`;
	await site.sql(`alter role postgres password ${quoted}`);
	await site.mysql(`ALTER USER 'root'@'%' IDENTIFIED BY ${quoted}`);
});
afterAll(async () => {
	await site?.stop();
	if (folder) await rm(folder, {recursive: true, force: true});
});

const plantAnswers = async (): Promise<string> => {
	const secret = async (name: string, value: string): Promise<string> => {
		const file = path.join(folder, `planted-${name}`);
		await writeFile(file, value, {mode: 0o600});
		return `file:${file}`;
	};
	const {rehearsal} = site;
	const {server} = rehearsal.answers.controlPlane.database ?? {};
	const ownServer = server && {server: {...server, admin: {username: 'postgres', password: 'env:PLANTED_DBA'}}};
	const input = {
		...rehearsal.answers,
		helm: {binary: path.join(folder, 'helm')},
		database: {...rehearsal.answers.database, admin: {username: 'root', password: 'env:PLANTED_DBA'}},
		controlPlane: {
			...rehearsal.answers.controlPlane,
			admin: {password: await secret('admin', planted.admin)},
			database: {
				...rehearsal.answers.controlPlane.database,
				...ownServer,
				password: await secret('pro-db', planted.controlPlaneDatabase),
			},
		},
		organization: {users: [{username: 'ada', role: 'admin', password: await secret('user', planted.user)}]},
		workspaces: rehearsal.answers.workspaces.map((workspace) => ({
			...workspace,
			database: {password: `file:${folder}/planted-ws-db`},
		})),
		workloadManager: {enabled: true},
	};
	await secret('ws-db', planted.workspaceDatabase);
	const file = path.join(folder, 'answers.yaml');
	await writeFile(file, JSON.stringify(input), {mode: 0o600});
	return file;
};

/** The real program, from its own command line, as an operator without a screen runs it. */
const runProgram = async (words: readonly string[]) => {
	const home = path.join(folder, 'home');
	const temporary = path.join(folder, 'temporary');
	await mkdir(home, {recursive: true});
	await mkdir(temporary, {recursive: true});
	const child = spawn(built.node, [built.cli, ...words], {
		env: {PATH: process.env.PATH, HOME: home, TMPDIR: temporary, PLANTED_DBA: planted.dba},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const stop = watchProcesses(child.pid ?? 0, temporary);
	const output = {out: '', err: ''};
	child.stdout.on('data', (chunk: Buffer) => {
		output.out += chunk.toString('utf8');
	});
	child.stderr.on('data', (chunk: Buffer) => {
		output.err += chunk.toString('utf8');
	});
	const [exitCode] = (await once(child, 'close')) as [number];
	return {...output, exitCode, seen: await stop(), folders: [home, temporary]};
};

/** Planted ones, those that the run generated, and the lines of the TLS key. */
const allSecrets = async (): Promise<ReadonlyMap<string, string>> => {
	const {cluster, answers} = await site.world(site.answers());
	const generated = await cluster.get(
		{apiVersion: 'v1', kind: 'Secret', namespace: 'zenml-pro', name: 'zenml-airgap-generated'},
		never,
	);
	const made = Object.entries((generated?.data ?? {}) as Record<string, string>).map(([name, value]) => {
		const text = Buffer.from(value, 'base64').toString('utf8');
		return [
			`generated ${name}`,
			name.endsWith('.enrollment') ? (JSON.parse(text) as {enrollmentKey: string}).enrollmentKey : text,
		] as const;
	});
	const key = (await readFile(answers.tls.key, 'utf8'))
		.split('\n')
		.filter((line) => !line.startsWith('-') && line !== '');
	return new Map([
		...Object.entries(planted),
		...made,
		...key.map((line, index) => [`line ${index} of the TLS key`, line] as const),
	]);
};

const withPrompt = (database: AnswersInput['controlPlane']['database']): AnswersInput['controlPlane']['database'] => ({
	...database,
	...(database?.server && {server: {...database.server, admin: {password: 'prompt'}}}),
});

describe('secrets of the answers, and those that are made', () => {
	it.each([
		['plain lines', ['--plain', '--log-level', 'debug']],
		['JSON lines', ['--json']],
	] as const)('appear nowhere in a whole install with %s', async (_name, format) => {
		const file = await plantAnswers();
		// Both runs have everything of Helm's work before them.
		await uninstall(site.answers(), 'zenml', 'zenml-workspace');
		await uninstall(site.answers(), 'zenml-pro', 'zenml-pro');
		const stateDirectory = path.join(folder, `state-${format[0]}`);
		const run = await runProgram([
			'install',
			'--non-interactive',
			'--answers',
			file,
			'--state-dir',
			stateDirectory,
			...format,
		]);
		expect(run.err).not.toContain('refused');
		expect(run.exitCode).toBe(0);
		const secrets = await allSecrets();
		expect([...secrets.keys()].filter((name) => name.startsWith('generated'))).toHaveLength(3);
		const recorded = await filesIn(path.join(folder, 'recorded'));
		const written = await Promise.all([stateDirectory, ...run.folders].map(filesIn));
		// What is searched is really there: a run that recorded nothing would prove nothing.
		expect(recorded.size).toBeGreaterThan(5);
		expect([...recorded.values()].join()).toContain('upgrade');
		expect(
			[...(written[0]?.keys() ?? [])]
				.map((name) => path.relative(stateDirectory, name))
				.sort()
				.join(),
		).toMatch(/logs.*reports.*state\.json/su);
		expect(run.seen.join()).toContain('upgrade');
		const found = [
			...leaks('standard output', run.out, secrets),
			...leaks('standard error', run.err, secrets),
			...[...recorded].flatMap(([name, text]) =>
				leaks(`helm's arguments or environment ${name}`, Buffer.from(text, 'latin1').toString('utf8'), secrets),
			),
			...run.seen.flatMap((line) => leaks(`process list or temporary file ${line.slice(0, 60)}`, line, secrets)),
			...written.flatMap((files) =>
				[...files].flatMap(([name, text]) => leaks(name, Buffer.from(text, 'latin1').toString('utf8'), secrets)),
			),
		];
		expect(found).toEqual([]);
	});

	it('appear in no message when each of them is refused', async () => {
		const file = await plantAnswers();
		const wrong = {...planted, wrong: canary('wrong')};
		await writeFile(path.join(folder, 'planted-admin'), wrong.wrong, {mode: 0o600});
		for (const [answer, value] of [
			['registry.password', `file:${folder}/planted-admin`],
			['database.admin.password', `file:${folder}/planted-admin`],
		] as const) {
			const run = await runProgram([
				'install',
				'--non-interactive',
				'--json',
				'--answers',
				file,
				'--state-dir',
				path.join(folder, 'state-refused'),
				'--set',
				`${answer}=${value}`,
			]);
			expect(run.exitCode).toBeGreaterThan(1);
			expect(run.out).toContain('step-problem');
			const found = [run.out, run.err].flatMap((text) => leaks(answer, text, new Map(Object.entries(wrong))));
			expect(found).toEqual([]);
		}
	});

	it('typed at a screen reach no event, file or message', async () => {
		const context = makeContext(folder, {PLANTED_DBA: planted.dba});
		const answers = site.answers((input) => ({
			...input,
			helm: {binary: path.join(folder, 'helm')},
			registry: {...input.registry, password: 'prompt'},
			database: {...input.database, admin: {password: 'prompt'}},
			controlPlane: {...input.controlPlane, database: withPrompt(input.controlPlane.database)},
		}));
		const prompted = new Map([
			['registry.password', planted.registry],
			['database.admin.password', planted.dba],
			['controlPlane.database.server.admin.password', planted.dba],
		]);
		for (const value of prompted.values()) context.redactor.register(value);
		const stateDirectory = path.join(folder, 'state-typed');
		const {events, exitCode} = await site.run(answers, {context, prompted, stateDirectory, until: 'databases'});
		expect(exitCode).toBe(0);
		const typed = new Map(Object.entries({registry: planted.registry, dba: planted.dba}));
		const files = await filesIn(stateDirectory);
		expect(files.size).toBeGreaterThan(1);
		expect([
			...leaks('events', JSON.stringify(events), typed),
			...[...files].flatMap(([name, text]) => leaks(name, Buffer.from(text, 'latin1').toString('utf8'), typed)),
		]).toEqual([]);
	});
});
