import {truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Context} from '../../source/app/base/context.ts';
import {commandLine, type Request} from '../../source/app/command-line.ts';
import {openSource} from '../../source/app/commands/bundle/create-source.ts';
import {folderLock} from '../../source/app/commands/bundle/folder-lock.ts';
import {Interrupted, stoppable} from '../../source/app/commands/stopped.ts';
import {makeWorkFolder} from '../../source/app/commands/work-folder.ts';
import {writeProblems} from '../../source/bundle/write/problems.ts';
import {specOf} from '../bundle/create/helpers.ts';
import {writeFiles} from '../bundle/helpers.ts';
import {refusalOf, type Told} from '../bundle/refusals.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

const inStage = (...names: readonly string[]): string => path.join(stage.folder, ...names);
const quiet = {out: () => undefined, err: () => undefined};

/** Does the work of a command line; what it throws is not yet made text. */
const work = async (words: readonly string[], more: Partial<Context> = {}): Promise<number> => {
	const asked: Request[] = [];
	await commandLine('0', (request) => asked.push(request), quiet).parseAsync([...words], {from: 'user'});
	const [request] = asked;
	if (!request) throw new Error('nothing was asked for');
	const run = request.work as (context: Context, given: unknown) => Promise<number>;
	return run({...stage.context, ...more}, request.given);
};

/** What a command line is refused with. */
type Row = readonly [what: string, words: (folder: string) => readonly string[], told: Told];

const makeOne = 'Correct the path, or make a spec: zenml-airgap bundle create --example > bundle-spec.yaml';
const twoSides = 'Give an older bundle, or the inventory of the target registry, as second argument or with --base.';
const create = ['bundle', 'create', '--control-plane', '0.13.18', '--workspace', '0.95.1'];

const rows: readonly Row[] = [
	[
		'a spec that is not there',
		() => ['bundle', 'create', '--spec', 'none.yaml'],
		{
			code: 'bundle-spec-file-unreadable',
			cause:
				'The file was refused: Nothing has that name: it was moved or renamed, its disk is not mounted, or the path has a slip.',
			fix: makeOne,
		},
	],
	[
		'a spec that is huge',
		() => ['bundle', 'create', '--spec', 'huge.yaml'],
		{code: 'bundle-spec-file-unreadable', cause: 'It has 5242880 bytes; a spec has some thousand.', fix: makeOne},
	],
	[
		'a flag with a value that it cannot have',
		() => ['bundle', 'create', '--control-plane', 'latest'],
		{
			code: 'bundle-spec-value',
			message: '--control-plane cannot have that value: it must be a version such as 0.13.18; "latest" is none.',
			cause: 'The command line gives it another one.',
			fix: 'Mend it; `zenml-airgap bundle create --help` shows what each flag takes.',
		},
	],
	[
		'a flag that may be repeated, with one bad value',
		() => [...create, '--platform', 'linux/amd64', '--platform', 'windows'],
		{
			code: 'bundle-spec-value',
			message: '--platform cannot have that value: it must be OS/ARCHITECTURE, such as linux/amd64.',
			cause: 'The command line gives it another one.',
			fix: 'Mend it; `zenml-airgap bundle create --help` shows what each flag takes.',
		},
	],
	[
		'a difference without a base',
		() => ['bundle', 'diff', 'new'],
		{
			code: 'bundle-diff-base',
			message: 'There is nothing to compare with.',
			cause: 'A difference needs two sides.',
			fix: twoSides,
		},
	],
	[
		'a difference with two bases',
		() => ['bundle', 'diff', 'new', 'old', '--base', 'older'],
		{
			code: 'bundle-diff-base',
			message: 'Two bases were given.',
			cause: 'A difference needs two sides.',
			fix: twoSides,
		},
	],
	[
		'a base that is not there',
		() => ['bundle', 'diff', 'new', '/nowhere/old'],
		{
			code: 'bundle-diff-base-unreadable',
			message: 'The base /nowhere/old cannot be read.',
			cause: 'The system says: There is no such file or folder.',
			fix: 'Name the older bundle, or the file that `zenml-airgap registry inventory` wrote.',
		},
	],
	[
		'a key that is there already',
		(folder) => ['bundle', 'keygen', '--no-passphrase', '--out', path.join(folder, 'keys')],
		{
			code: 'signing-key-exists',
			cause: 'A key that was overwritten cannot be had back, and no one could sign with it again.',
			fix: 'Name another folder with --out, or move the old key away.',
		},
	],
	[
		'a key in a folder that cannot be made',
		(folder) => ['bundle', 'keygen', '--no-passphrase', '--out', path.join(folder, 'huge.yaml', 'keys')],
		{
			code: 'signing-key-unwritable',
			cause: 'The system says: A part of the path is a file, not a folder.',
			fix: 'Make room there, or name another folder with --out. No key was made.',
		},
	],
	[
		'a key with and without a passphrase',
		() => ['bundle', 'keygen', '--no-passphrase', '--passphrase-ref', 'env:PASS', '--out', 'k'],
		{
			code: 'signing-passphrase-ref',
			cause: 'The one makes a key that is not locked, the other says what to lock it with.',
			fix: 'Leave one of them out.',
		},
	],
	[
		'a passphrase on the command line',
		() => ['bundle', 'keygen', '--passphrase-ref', 'hunter2', '--out', 'k'],
		{
			code: 'signing-passphrase-ref',
			cause: 'A passphrase itself on a command line is seen by every user of this host.',
			fix: 'Put it into a file that only you can read, and give --passphrase-ref file:PATH.',
		},
	],
	[
		'a comment of several lines',
		() => ['bundle', 'sign', 'b', '--key', 'k', '--comment', 'a\nb'],
		{
			code: 'signing-comment',
			cause: 'It must be one line of at most 2000 bytes, without tabs and control characters.',
			fix: 'Make it shorter and plain.',
		},
	],
	[
		'a comment that is too long',
		() => ['bundle', 'sign', 'b', '--key', 'k', '--comment', 'ü'.repeat(1001)],
		{
			code: 'signing-comment',
			cause: 'It must be one line of at most 2000 bytes, without tabs and control characters.',
			fix: 'Make it shorter and plain.',
		},
	],
];

test.each(rows)('%s is told with cause and fix', async (_what, words, told) => {
	await writeFile(inStage('huge.yaml'), '');
	await truncate(inStage('huge.yaml'), 5 * 1024 ** 2);
	await writeFiles(inStage('keys'), {'bundle.pub': 'mine'});
	expect(await refusalOf(() => work(words(stage.folder)))).toMatchObject({area: 'usage', ...told});
});

test('a time that is none is told before anything is asked for', async () => {
	const environment = {SOURCE_DATE_EPOCH: 'yesterday'};
	expect(await refusalOf(() => work(create, {environment}))).toMatchObject({
		code: 'source-date-epoch-invalid',
		area: 'usage',
		cause: 'It must be whole seconds since 1970, such as 1767225600.',
		fix: 'Correct it, or unset it.',
	});
});

test('a passphrase that nobody can type is asked for by its option', async () => {
	const stdin = new PassThrough() as unknown as NodeJS.ReadStream;
	expect(await refusalOf(() => work(['bundle', 'keygen', '--out', 'k'], {stdin}))).toMatchObject({
		code: 'signing-passphrase-needed',
		area: 'usage',
		cause: 'Standard input is not a terminal.',
		fix: 'Say where it is: --passphrase-ref env:NAME, or --passphrase-ref file:PATH.',
	});
});

test('the CA of a registry that is not there is told with the registry', async () => {
	const spec = specOf('vendor.example.com', '/charts', {hosts: {'vendor.example.com': {ca: '/nowhere/ca.pem'}}});
	const options = {dockerConfig: undefined, sockets: 1};
	expect(await refusalOf(() => openSource(stage.context, spec, options))).toMatchObject({
		code: 'bundle-spec-file-unreadable',
		area: 'usage',
		message: 'The CA of vendor.example.com cannot be read: /nowhere/ca.pem.',
		cause: 'The system says: There is no such file or folder.',
		fix: 'Correct the path in the spec (hosts), or make the file readable (chmod).',
	});
});

test('a folder for temporary files that is not there is told by name', async () => {
	const temporaryDirectory = inStage('none');
	expect(await refusalOf(() => makeWorkFolder({...stage.context, temporaryDirectory}))).toMatchObject({
		code: 'temporary-unwritable',
		area: 'usage',
		message: `The folder for temporary files, ${temporaryDirectory}, cannot be used.`,
		cause: 'The system says: Its folder does not exist.',
		fix: 'Make room there, or name a folder on another disk with the environment variable TMPDIR.',
		nextSteps: [`df -h ${temporaryDirectory}`],
	});
});

test('a lock that cannot be taken is told as a folder that cannot be written, not as that of an install', async () => {
	// A name that is too long for any file system: not even root gets past it.
	const lock = inStage('x'.repeat(256));
	expect(await refusalOf(() => folderLock(stage.context, 'bundle-split')(lock))).toMatchObject({
		code: 'bundle-create-unwritable',
		area: 'bundle',
		message: `${stage.folder} cannot be written.`,
		fix: 'Mend that, or name another folder with --out.',
	});
});

const stopWith = (more: Partial<Context>, failure: Error) =>
	refusalOf(() =>
		stoppable(async () => {
			throw failure;
		}, 'Nothing was written.')({...stage.context, ...more}, undefined),
	);

test('work that was told to stop is told as stopped, with why and what is left', async () => {
	const stop = new AbortController();
	stop.abort(new Error('it got SIGTERM'));
	expect(await stopWith({signal: stop.signal}, new Error('a broken line'))).toMatchObject({
		code: 'stopped',
		area: 'stopped',
		cause: 'It was told to stop: it got SIGTERM.',
		nextSteps: ['Nothing was written.'],
	});
});

test('Ctrl-C at a question is told as stopped, though no signal reached the process', async () => {
	expect(await stopWith({}, new Interrupted())).toMatchObject({
		code: 'stopped',
		cause: 'It was told to stop: Ctrl-C.',
	});
});

test('a refusal stays one, though the command was told to stop; an error of nobody is no stop', async () => {
	const stop = new AbortController();
	stop.abort(new Error('it got SIGTERM'));
	const full = writeProblems.error('bundle-create-disk-full', {case: 'while writing', folder: '/a'});
	expect((await stopWith({signal: stop.signal}, full)).code).toBe('bundle-create-disk-full');
	expect((await stopWith({}, new Error('a mistake'))).code).toBe('unexpected-error');
});
