import {execFileSync, spawnSync} from 'node:child_process';
import {chmod, chown, lstat, mkdir, readdir, readFile, rm, symlink, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {asRoot, stranger} from '../helpers/as-root.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
let state = '';
beforeEach(async () => {
	stage = await createStage();
	state = path.join(stage.folder, 'state');
	await mkdir(state, {mode: 0o700});
});
afterEach(async () => stage.remove());

const at = (...names: readonly string[]): string => path.join(state, ...names);
const journal = {
	schema: 3,
	plan: 'install',
	tool: '1',
	runId: 'r1',
	savedAt: 1,
	startedAt: 1,
	host: 'h',
	pid: 1,
	steps: [{id: 'bundle', outcome: 'applied', note: 'it is there'}],
	acknowledged: [],
};
const write = (more: object = {}, name = 'state.json'): Promise<void> =>
	writeFile(at(name), JSON.stringify({...journal, ...more}));

const run = (...words: readonly string[]) => stage.run(...words, '--state-dir', 'state');

/** What a refused command line says: exit code, code, cause, fix. */
const told = async (...words: readonly string[]) => {
	const {code, err, out} = await run(...words);
	const line = (label: string): string => new RegExp(`^  ${label}: +(.*)$`, 'mu').exec(err)?.[1] ?? '';
	return {exit: code, out, code: line('code'), cause: line('why'), fix: line('do')};
};

const commands = [['status'], ['plan'], ['install', '--non-interactive']] as const;

const again = 'move it away and try again: the tool finds out from the world itself what is done.';

/** What may lie in the place of the journal, and what is said of it. */
const inItsPlace: readonly (readonly [what: string, lay: (file: string) => unknown, cause: string, fix: string])[] = [
	[
		'a link',
		async (file) => {
			await writeFile(path.join(stage.folder, 'target'), JSON.stringify(journal));
			await symlink(path.join(stage.folder, 'target'), file);
		},
		'It is a link, and not a file that this program wrote.',
		`Look at it with "ls -l", ${again}`,
	],
	[
		'a pipe',
		(file) => execFileSync('mkfifo', [file]),
		'It is a pipe, and not a file that this program wrote.',
		`Look at it with "ls -l", ${again}`,
	],
	[
		'a file of 1 TiB',
		async (file) => {
			await writeFile(file, '');
			await truncate(file, 2 ** 40);
		},
		'It has 1.0 TiB; a journal has at most 4.0 MiB.',
		`Move it away and try again: the tool finds out from the world itself what is done.`,
	],
];

test.each(inItsPlace)('%s in the place of the journal is refused by every command', async (_what, lay, cause, fix) => {
	await lay(at('state.json'));
	for (const words of commands)
		expect(await told(...words)).toEqual({exit: 2, out: '', code: 'state-not-ours', cause, fix});
	expect(await readdir(state)).toEqual(['state.json']);
});

test.each(inItsPlace)(
	'%s in the place of the previous copy is refused where that is needed',
	async (_what, lay, cause, fix) => {
		await writeFile(at('state.json'), '{');
		await lay(at('state.json.previous'));
		expect(await told('status')).toEqual({exit: 2, out: '', code: 'state-not-ours', cause, fix});
	},
);

asRoot('the journal of another user is refused by the number of its owner', async () => {
	await write({answers: {helm: {binary: '/tmp/theirs'}}});
	await chown(at('state.json'), stranger, stranger);
	expect(await told('plan')).toEqual({
		exit: 2,
		out: '',
		code: 'state-not-ours',
		cause: `It belongs to the user with number ${stranger}, and not to the one who runs this program.`,
		fix: 'Start as that user, or name a folder of your own with --state-dir.',
	});
});

asRoot('the state folder of another user is refused by every command before anything in it is read', async () => {
	execFileSync('mkfifo', [at('state.json')]);
	await chown(state, stranger, stranger);
	for (const words of [...commands, ['verify'], ['answers', 'validate'], ['rehearse', '--non-interactive']])
		expect(await told(...words)).toMatchObject({
			exit: 2,
			out: '',
			code: 'folder-not-ours',
			cause: `It belongs to the user with number ${stranger}; this program runs as number 0.`,
		});
	expect(await readdir(state)).toEqual(['state.json']);
});

test.each(['logs', 'reports', 'helm', 'charts', 'handover', 'compressed-layers'])(
	'a link in the place of the folder %s is refused, and nothing comes to where it leads',
	async (name) => {
		await mkdir(path.join(stage.folder, 'elsewhere'));
		await symlink(path.join(stage.folder, 'elsewhere'), at(name));
		expect(await told('install', '--non-interactive')).toMatchObject({exit: 2, code: 'folder-not-ours'});
		expect(await readdir(path.join(stage.folder, 'elsewhere'))).toEqual([]);
	},
);

test('a state folder that others may write to is refused with the command that closes it', async () => {
	await chmod(state, 0o777);
	expect(await told('status')).toMatchObject({
		code: 'folder-not-ours',
		fix: `Take that right away with "chmod go-w ${state}", or name another folder with --state-dir.`,
	});
	await chmod(state, 0o755);
	expect(await told('status')).toMatchObject({code: 'no-earlier-run'});
});

test.each([
	['a name that is too long', () => 'x'.repeat(300), 'The path is longer than this file system allows.'],
	['a folder below a file', () => 'notes/below', 'A part of the path is a file, not a folder.'],
	['a circle of links', () => 'circle/below', 'Its links lead in a circle.'],
])('%s for a state folder is told by what the system says', async (_what, name, says) => {
	await stage.write('notes', '');
	await symlink('circle', path.join(stage.folder, 'circle'));
	const {code, err} = await stage.run('status', '--state-dir', name());
	expect(code).toBe(2);
	expect(err).toContain(`  why:   It cannot be read: ${says}\n`);
	expect(err).toContain('  code:  state-unreadable\n');
});

/** Numbers that no run writes, and where they stand. */
test.each([
	['a time beyond the calendar', {savedAt: 1e300}, /savedAt/u],
	['a time before it', {startedAt: -1}, /startedAt/u],
	['a negative process', {pid: -1}, /pid/u],
	['half a process', {pid: 1.5}, /pid/u],
	['a step of no time', {steps: [{id: 'bundle', finishedAt: 1e17}]}, /steps\.0\.finishedAt/u],
	['text for a time', {savedAt: 'yesterday'}, /savedAt/u],
])('%s in the journal is told as a damaged journal', async (_what, more, place) => {
	await write(more);
	const {cause, ...rest} = await told('status');
	expect(rest).toMatchObject({exit: 2, out: '', code: 'state-unreadable'});
	expect(cause).toMatch(/^It is not a journal: /u);
	expect(cause).toMatch(place);
});

test('numbers that JSON can write and no computer can hold are told as a damaged journal', async () => {
	await writeFile(at('state.json'), JSON.stringify(journal).replace('"savedAt":1', '"savedAt":1e999'));
	expect(await told('status')).toMatchObject({exit: 2, code: 'state-unreadable'});
});

test('answers of a hundred thousand levels in the journal are told as a damaged journal', async () => {
	const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
	await writeFile(at('state.json'), JSON.stringify({...journal, answers: 'deep'}).replace('"deep"', deep));
	for (const words of [['status'], ['status', '--json'], ['plan']])
		expect(await run(...words)).toMatchObject({code: 2, err: expect.stringContaining('state-unreadable')});
});

const steering = /(?!\n)[\p{Cc}\u200F\u2028-\u202E\u2066-\u2069]/u;
const evil = 'a\u001B]0;owned\u0007\u009B2J\u202Eb\rc';

test('words of the journal cannot steer the terminal, plain or as JSON, and JSON means the same', async () => {
	await write({runId: evil, host: evil, tool: evil, steps: [{id: 'bundle', outcome: 'applied', note: evil}]});
	const plain = await run('status');
	expect(plain).toMatchObject({code: 130, err: ''});
	expect(plain.out).toContain(String.raw`a\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}b\u{d}c`);
	expect(plain.out).not.toMatch(steering);
	const json = await run('status', '--json');
	expect(json.out).not.toMatch(steering);
	expect(JSON.parse(json.out)).toMatchObject({runId: String.raw`a\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}b\u{d}c`});
});

test('a note of several lines in the journal makes no lines of its own', async () => {
	await write({steps: [{id: 'bundle', outcome: 'applied', note: 'x\nrun r2 on h: finished'}]});
	const {out} = await run('status');
	expect(out).not.toMatch(/^run r2/mu);
});

test('answers of the journal that hold control sequences are shown without them', async () => {
	await write({answers: {bundle: {path: `/b/${evil}`}}});
	for (const words of [['answers', 'show'], ['answers', 'validate'], ['plan'], ['answers', 'validate', '--json']]) {
		const {out, err} = await run(...words);
		expect(`${out}${err}`).not.toMatch(steering);
	}
});

const lock = {pid: process.pid, birth: 'x', host: 'elsewhere', user: 'eve', runId: 'r1', startedAt: 0};

test('words of the holder of a lock cannot steer the terminal', async () => {
	await write();
	await writeFile(at('lock'), JSON.stringify({...lock, user: evil, host: evil}));
	const {out} = await run('status');
	expect(out).toContain('under way, process');
	expect(out).not.toMatch(steering);
});

test.each([{startedAt: 1e300}, {startedAt: -1}, {pid: -7}, {pid: 0}, {pid: 2.5}])(
	'a lock with the number %o is none of ours, and stays',
	async (more) => {
		await writeFile(at('lock'), JSON.stringify({...lock, ...more}));
		await mkdir(at('rehearsal.lock'));
		await rm(at('rehearsal.lock'), {recursive: true});
		await writeFile(at('rehearsal.lock'), JSON.stringify({...lock, ...more}));
		expect(await told('rehearse', '--non-interactive')).toMatchObject({exit: 2, code: 'lock-not-ours'});
		expect(JSON.parse(await readFile(at('rehearsal.lock'), 'utf8'))).toEqual({...lock, ...more});
	},
);

test('a pipe in the place of a lock is refused, and nobody waits for it', async () => {
	execFileSync('mkfifo', [at('rehearsal.lock')]);
	expect(await told('rehearse', '--non-interactive')).toMatchObject({exit: 2, code: 'lock-not-ours'});
	expect((await lstat(at('rehearsal.lock'))).isFIFO()).toBe(true);
});

/** Devices are made and written to in a mount namespace of their own, never in the /dev of this host. */
const devices = `
set -e
mount -t tmpfs tmpfs /mnt
mkdir -m 700 /mnt/dev /mnt/state
mknod /mnt/dev/zero c 1 5
ln -s /mnt/dev/zero "/mnt/state/$1"
[ "$1" = state.json ] || printf '{' > /mnt/state/state.json
"$2" --import tsx "$3" status --state-dir /mnt/state && exit 90 || code=$?
"$2" --import tsx "$3" install --non-interactive --state-dir /mnt/state && exit 91 || true
[ -c /mnt/dev/zero ] || exit 92
[ -L "/mnt/state/$1" ] || exit 93
exit $code
`;
const unshares = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

test.skipIf(!unshares).each(['state.json', 'state.json.previous'])(
	'%s that leads to a device is refused, and both stay as they are (needs unshare as root)',
	{timeout: 60_000},
	(name) => {
		const door = fileURLToPath(new URL('../../cli.tsx', import.meta.url));
		const words = ['-m', 'sh', '-c', devices, 'sh', name, process.execPath, door];
		const {status, stderr} = spawnSync('unshare', words, {encoding: 'utf8', timeout: 50_000, cwd: path.dirname(door)});
		expect({status, stderr}).toEqual({status: 2, stderr: expect.stringContaining('It is a link, and not a file')});
	},
);
