import {execFileSync, type SpawnSyncOptions, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {
	chmod,
	chown,
	lstat,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	realpath,
	rm,
	symlink,
	writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {asRoot, stranger} from '../helpers/as-root.ts';
import {builtProgram, type Program} from '../helpers/built-program.ts';
import {makePlace, runQuietly, worldOf} from './helpers/place.ts';

let program: Program;
let folder = '';
beforeAll(async () => {
	program = await builtProgram();
});
beforeEach(async () => {
	folder = await realpath(await mkdtemp(path.join(tmpdir(), 'zenml-start-')));
	await chmod(folder, 0o711);
	for (const name of ['home', 'tmp', 'work']) await mkdir(at(name));
	await chmod(at('tmp'), 0o1777);
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

const at = (...names: readonly string[]): string => path.join(folder, ...names);

type Environment = Readonly<Record<string, string>>;
const usual = (): Environment => ({PATH: '/usr/bin:/bin', HOME: at('home'), TMPDIR: at('tmp')});

/** Starts the built program and waits; a start that waits for something is ended, and its status is null. */
const start = (words: readonly string[], environment: Environment, more: SpawnSyncOptions = {}) => {
	const given = {cwd: at('work'), env: environment, timeout: 30_000, killSignal: 'SIGKILL', ...more} as const;
	const {status, stdout, stderr} = spawnSync(program.node, [program.cli, ...words], {...given, encoding: 'utf8'});
	return {status, out: String(stdout), err: String(stderr)};
};

const version = {status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/u), err: ''};

const ownCache = (): string => at('home', '.cache', 'zenml-airgap', 'compile-cache');

/** Every file below, by its path from there. */
const filesIn = async (cache: string): Promise<readonly string[]> =>
	(await readdir(cache, {recursive: true, withFileTypes: true}))
		.filter((entry) => !entry.isDirectory())
		.map((entry) => path.relative(cache, path.join(entry.parentPath, entry.name)))
		.sort();

/** A cache as an attacker lays it: under every name that Node would read lies a pipe, for which a reader waits without end. */
const layTrap = async (trap: string): Promise<readonly string[]> => {
	start(['--version'], {...usual(), HOME: at('work')});
	const names = await filesIn(path.join(at('work'), '.cache', 'zenml-airgap', 'compile-cache'));
	expect(names.length).toBeGreaterThan(3);
	for (const name of names) {
		await mkdir(path.dirname(path.join(trap, name)), {recursive: true});
		execFileSync('mkfifo', ['-m', '666', path.join(trap, name)]);
	}
	if (process.getuid?.() === 0) execFileSync('chown', ['-R', `${stranger}`, trap]);
	return names;
};

test('compiled code is kept for the next start in a folder of the cache that is closed to others', async () => {
	expect(start(['--version'], usual())).toEqual(version);
	expect((await filesIn(ownCache())).length).toBeGreaterThan(3);
	expect((await lstat(ownCache())).mode & 0o777).toBe(0o700);
	expect(await readdir(at('tmp'))).toEqual([]);
	expect(start(['--version'], usual())).toEqual(version);
});

test('compiled code in the folder that all users share is neither read nor written', async () => {
	const trap = at('tmp', 'node-compile-cache');
	const names = await layTrap(trap);
	expect(start(['--version'], usual())).toEqual(version);
	expect(await filesIn(trap)).toEqual(names);
});

/** How the trap gets into the place of the own cache. */
const places: readonly (readonly [what: string, lay: () => Promise<string>])[] = [
	[
		'a link',
		async () => {
			await mkdir(path.dirname(ownCache()), {recursive: true});
			await symlink(at('trap'), ownCache());
			return at('trap');
		},
	],
	[
		'a folder that others may write to',
		async () => {
			await mkdir(ownCache(), {recursive: true});
			await chmod(ownCache(), 0o777);
			return ownCache();
		},
	],
	[
		'a folder below one that others may write to',
		async () => {
			await mkdir(ownCache(), {recursive: true});
			await chmod(at('home', '.cache'), 0o777);
			return ownCache();
		},
	],
];

test.each(places)('compiled code in %s is neither read nor written', async (_what, lay) => {
	const trap = await lay();
	const names = await layTrap(trap);
	if (process.getuid?.() === 0) await chown(trap, 0, 0);
	expect(start(['--version'], usual())).toEqual(version);
	expect(await filesIn(trap)).toEqual(names);
});

asRoot('compiled code in a folder of another user is neither read nor written, whatever names it', async () => {
	const names = await layTrap(at('trap'));
	await mkdir(path.dirname(ownCache()), {recursive: true});
	execFileSync('cp', ['-a', at('trap'), ownCache()]);
	expect(start(['--version'], usual())).toEqual(version);
	expect(await filesIn(ownCache())).toEqual(names);
	expect(start(['--version'], {...usual(), HOME: at('work'), NODE_COMPILE_CACHE: at('trap')})).toEqual(version);
	for (const name of names) expect((await lstat(at('trap', name))).isFIFO()).toBe(true);
});

test('a cache that the environment names and that is closed to others is used', async () => {
	await mkdir(at('named'), {mode: 0o700});
	expect(start(['--version'], {...usual(), NODE_COMPILE_CACHE: at('named')})).toEqual(version);
	expect((await filesIn(at('named'))).length).toBeGreaterThan(3);
	expect(existsSync(ownCache())).toBe(false);
});

/** Surroundings in which nothing of the program may break. */
const surroundings: readonly (readonly [what: string, environment: () => Environment])[] = [
	['nothing in the environment', () => ({})],
	['a HOME that is not there', () => ({...usual(), HOME: at('gone')})],
	['a relative HOME', () => ({...usual(), HOME: 'home'})],
	['an empty HOME', () => ({...usual(), HOME: ''})],
	['a HOME that is a file', () => ({...usual(), HOME: program.cli})],
	['a TMPDIR that is not there', () => ({...usual(), TMPDIR: at('gone')})],
	['a relative XDG folder', () => ({...usual(), XDG_CACHE_HOME: 'cache', XDG_STATE_HOME: 'state'})],
	['a locale that no host has', () => ({...usual(), LANG: 'xx_XX.UTF-9', LC_ALL: 'C'})],
];

/** What is asked of the program everywhere: it runs, or says by name why not. */
const expectToRun = (environment: Environment, more: SpawnSyncOptions = {}): void => {
	expect(start(['--version'], environment, more)).toEqual(version);
	expect(start(['--help'], environment, more)).toMatchObject({
		status: 0,
		out: expect.stringMatching(/^Usage: /u),
		err: '',
	});
	const {status, err} = start(['status', '--state-dir', at('work', 'none')], environment, more);
	expect({status, err}).toEqual({status: 2, err: expect.stringMatching(/code: {2}no-earlier-run\n$/u)});
	expect(start(['status'], environment, more).err).toMatch(
		/code: {2}(?:no-earlier-run|state-unreadable|state-not-ours)\n$/u,
	);
};

test.each(surroundings)('with %s the program starts', async (_what, environment) => {
	expectToRun(environment());
	// A folder of a relative name would come up wherever the operator happens to be.
	expect(await readdir(at('work'))).toEqual([]);
});

const reachable = (): boolean =>
	spawnSync(program.node, [program.cli, '--version'], {uid: stranger, gid: stranger, env: {}}).error === undefined;

asRoot('a user without a line in the user list can start the program, with and without a home', ({skip}) => {
	skip(!reachable(), 'the folder of this project is closed to other users');
	const as = {uid: stranger, gid: stranger};
	expectToRun({}, as);
	expectToRun({...usual(), HOME: '/'}, as);
	const refused = start(['rehearse', '--non-interactive'], {}, as);
	expect(refused).toMatchObject({status: 2, err: expect.stringMatching(/code: {2}state-unwritable\n$/u)});
});

asRoot('the rehearsal tells a user without a line in the user list why its database cannot start', async ({skip}) => {
	skip(!reachable(), 'the folder of this project is closed to other users');
	await mkdir(at('state'), {mode: 0o700});
	await chown(at('state'), stranger, stranger);
	const words = ['rehearse', '--non-interactive', '--state-dir', at('state')];
	const {status, err} = start(words, {PATH: '/usr/bin:/bin'}, {uid: stranger, gid: stranger});
	expect(status).toBe(3);
	expect(err.split('\n').slice(-6)).toEqual([
		'The rehearsal cannot start PostgreSQL: this user has no name.',
		`  why:   PostgreSQL looks its user up, and the user list of this host has no line for number ${stranger}.`,
		'  do:    Start the rehearsal as a user that the host knows, or add a line for this one to /etc/passwd.',
		'  who:   you',
		'  code:  rehearsal-no-user',
		'',
	]);
	// It is known before anything is made.
	expect(await readdir(at('state'))).toEqual([]);
});

const drops = spawnSync('setpriv', ['--bounding-set', '-chown', 'true']).status === 0;

test.skipIf(!drops)('the rehearsal tells root why it cannot give a folder away (needs setpriv as root)', async () => {
	const state = at('state');
	const words = [
		'--bounding-set',
		'-chown',
		program.node,
		program.cli,
		'rehearse',
		'--non-interactive',
		'--state-dir',
		state,
	];
	const {status, stderr} = spawnSync('setpriv', words, {env: usual(), encoding: 'utf8', timeout: 60_000});
	const world = worldOf(state);
	await rm(world, {recursive: true, force: true});
	expect(status).toBe(3);
	expect(stderr.split('\n').slice(-6)).toEqual([
		expect.stringMatching(`^The folder ${world}/.+ cannot be given to the user [a-z]+, as whom PostgreSQL runs\\.$`),
		'  why:   The system refuses it: This user may not write there.',
		'  do:    Start the rehearsal as a user other than root, or choose a --state-dir on a local disk.',
		'  who:   you',
		'  code:  rehearsal-folder-not-given',
		'',
	]);
});

/** A /dev of its own without null, as a chroot made by hand has; the devices of this host lie in another folder meanwhile. */
const withoutNull = [
	'mount --bind /dev "$1"',
	'mount -t tmpfs none /dev',
	'for one in urandom random zero full; do : > "/dev/$one"; mount --bind "$1/$one" "/dev/$one"; done',
	'shift',
	'exec "$@"',
].join(' && ');

const mounts = spawnSync('unshare', ['--mount', 'true']).status === 0;

test.skipIf(!mounts)('a host without /dev/null can be rehearsed on (needs unshare as root)', async () => {
	const place = await makePlace(program);
	try {
		await mkdir(at('dev'));
		const words = ['rehearse', '--state-dir', place.state, '--non-interactive', '--pace', 'fast'];
		const shell = ['--mount', '/bin/sh', '-c', withoutNull, 'sh', at('dev'), program.node, program.cli, ...words];
		const {status, stderr} = spawnSync('unshare', shell, {env: place.environment, encoding: 'utf8', timeout: 120_000});
		expect(stderr).not.toContain('ENOENT');
		expect(status).toBe(0);
	} finally {
		await place.remove();
	}
});

test.each([
	[0o755, 'the fetched Helm'],
	[0o777, 'what a real run takes'],
])('where the folder of the fetched Helm has mode %o, the rehearsal takes %s', async (mode, taken) => {
	const place = await makePlace(program);
	try {
		const fetched = path.join(place.environment.HOME ?? '', '.cache', 'zenml-airgap', 'helm', '4.2.3');
		await mkdir(fetched, {recursive: true});
		await symlink(program.helm, path.join(fetched, 'helm'));
		await chmod(fetched, mode);
		const words = ['rehearse', '--state-dir', place.state, '--non-interactive', '--pace', 'fast', '--until', 'bundle'];
		const {code, err} = await runQuietly([program.node, program.cli, ...words], place, {ZENML_AIRGAP_HELM: ''});
		expect({code, err}).toEqual({code: 0, err: expect.any(String)});
		const {answers} = JSON.parse(await readFile(path.join(place.state, 'state.json'), 'utf8'));
		expect(answers.helm.binary).toBe(taken === 'the fetched Helm' ? path.join(fetched, 'helm') : 'auto');
	} finally {
		await place.remove();
	}
});

/** Loaded before the program: the disk knows neither fsync nor modes, as CIFS and vfat mostly do. */
const refusingDisk = `
import fs from 'node:fs/promises';
import {syncBuiltinESMExports} from 'node:module';
const refuse = (code) => async () => {
	throw Object.assign(new Error(code), {code});
};
const handle = await fs.open('/dev/null');
Object.assign(Object.getPrototypeOf(handle), {sync: refuse('EINVAL'), datasync: refuse('EINVAL'), chmod: refuse('EPERM')});
await handle.close();
Object.assign(fs, {chmod: refuse('EPERM'), copyFile: refuse('EPERM')});
syncBuiltinESMExports();
`;

test('on a disk that knows neither fsync nor modes a run goes its way, and keeps its journal', async () => {
	const place = await makePlace(program);
	try {
		await writeFile(at('disk.mjs'), refusingDisk);
		const words = ['rehearse', '--state-dir', place.state, '--non-interactive', '--pace', 'fast', '--until', 'bundle'];
		const more = {NODE_OPTIONS: `--import ${at('disk.mjs')}`};
		const {code, err} = await runQuietly([program.node, program.cli, ...words], place, more);
		expect({code, err}).toEqual({code: 0, err: expect.not.stringContaining('code:')});
		for (const name of ['state.json', 'state.json.previous'])
			expect(JSON.parse(await readFile(path.join(place.state, name), 'utf8'))).toMatchObject({plan: 'install'});
	} finally {
		await place.remove();
	}
});

test('in a folder that was removed meanwhile the program starts, and names files by where they were', () => {
	const gone = at('gone');
	const script = (words: string): string =>
		`mkdir ${gone} && cd ${gone} && rmdir ${gone} && exec ${program.node} ${program.cli} ${words}`;
	const told = (words: string) =>
		spawnSync('sh', ['-c', script(words)], {env: usual(), encoding: 'utf8', timeout: 30_000});
	expect(told('--version')).toMatchObject({status: 0});
	expect(told('status')).toMatchObject({status: 2, stderr: expect.stringContaining('no-earlier-run')});
	const {status, stderr} = told('install --non-interactive --answers a.yaml');
	expect({status, stderr}).toEqual({status: 2, stderr: expect.stringContaining(`${gone}/a.yaml cannot be read`)});
});

test.each(['0>&-', '1>&-', '2>&-', '0>&- 1>&- 2>&-', `0<${tmpdir()}`])('with %s the program starts', (closed) => {
	const script = `exec ${program.node} ${program.cli} --version ${closed}`;
	expect(spawnSync('sh', ['-c', script], {env: usual(), timeout: 30_000})).toMatchObject({status: 0, signal: null});
});

const withoutProc = 'umount -l /proc && exec "$@"';
const unshares = spawnSync('unshare', ['-m', 'sh', '-c', 'umount -l /proc']).status === 0;

test.skipIf(!unshares)('without /proc the program starts (needs unshare)', async () => {
	const run = (...words: readonly string[]) =>
		spawnSync('unshare', ['-m', 'sh', '-c', withoutProc, 'sh', program.node, program.cli, ...words], {
			env: usual(),
			encoding: 'utf8',
			timeout: 60_000,
		});
	expect(run('--version')).toMatchObject({status: 0, stderr: ''});
	expect(run('status')).toMatchObject({status: 2, stderr: expect.stringContaining('no-earlier-run')});
	await writeFile(at('answers.yaml'), '');
	expect(run('install', '--non-interactive', '--answers', at('answers.yaml'))).toMatchObject({
		status: 2,
		stderr: expect.stringContaining('answers-missing'),
	});
});

test.skipIf(!unshares)('without /proc a rehearsal runs, its database included (needs unshare)', async () => {
	const place = await makePlace(program);
	try {
		const words = [
			'rehearse',
			'--state-dir',
			place.state,
			'--non-interactive',
			'--pace',
			'fast',
			'--until',
			'prerequisites',
		];
		const command = ['unshare', '-m', 'sh', '-c', withoutProc, 'sh', program.node, program.cli, ...words];
		const {code, out, err} = await runQuietly(command, place);
		expect({code, err}).toEqual({code: 0, err: expect.not.stringContaining('code:')});
		expect(out).toContain('Prerequisites: ok: ');
	} finally {
		await place.remove();
	}
});

test.skipIf(!unshares)(
	'with temporary files on a disk that nobody can write to a rehearsal runs (needs unshare)',
	async () => {
		const place = await makePlace(program);
		try {
			const closed = at('closed');
			await mkdir(closed);
			const script = `mount -t tmpfs -o ro tmpfs ${closed} && cd ${closed} && exec "$@"`;
			const words = [
				'rehearse',
				'--state-dir',
				place.state,
				'--non-interactive',
				'--pace',
				'fast',
				'--until',
				'images',
			];
			const command = ['unshare', '-m', 'sh', '-c', script, 'sh', program.node, program.cli, ...words];
			const {code, err} = await runQuietly(command, place, {TMPDIR: closed});
			expect({code, err}).toEqual({code: 0, err: expect.not.stringContaining('code:')});
		} finally {
			await place.remove();
		}
	},
);
