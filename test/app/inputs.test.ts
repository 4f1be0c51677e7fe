import {open, stat} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {
	completeAnswers,
	findAnswers,
	partialAnswers,
	refuseDropped,
	stateDirectoryOf,
} from '../../source/app/answers/inputs.ts';
import type {GlobalOptions} from '../../source/app/base/context.ts';
import type {ProblemsError} from '../../source/base/problem.ts';
import type {Journal} from '../../source/engine/journal.ts';
import {writeJournal} from '../../source/engine/journal.ts';
import {load, shortest} from '../answers/samples.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

const none: GlobalOptions = {set: [], nonInteractive: true, plain: false, json: false, logLevel: 'info'};

const find = async (options: Partial<GlobalOptions> = {}) =>
	findAnswers(stage.context, {...none, ...options}, {stateDirectory: stage.stateDirectory, plan: {id: 'install'}});

const earlier: Journal = {
	schema: 3,
	plan: 'install',
	tool: '1',
	runId: 'r1',
	savedAt: 1,
	startedAt: 1,
	host: 'h',
	pid: 1,
	outcome: 'stopped',
	steps: [],
	acknowledged: [],
	answers: load(shortest.replace('zenml-pro.corp.internal', 'from-journal.corp.internal')),
};
const leaveJournal = async (journal: Journal = earlier): Promise<void> =>
	writeJournal(path.join(stage.stateDirectory, 'state.json'), journal);

test.each([
	[{}, {}, '', '<home>/.local/state/zenml-airgap'],
	[{XDG_STATE_HOME: '/x'}, {}, '', '/x/zenml-airgap'],
	[{XDG_STATE_HOME: ''}, {}, 'rehearsal', '<home>/.local/state/zenml-airgap/rehearsal'],
	[{XDG_STATE_HOME: '/x'}, {stateDir: 'mine'}, '', '<folder>/mine'],
	[{}, {stateDir: '/abs'}, 'rehearsal', '/abs'],
])('with %j and %j the state lies in %s%s', (environment, options, part, wanted) => {
	const {context, folder} = stage;
	expect(stateDirectoryOf({...context, environment}, {...none, ...options}, part)).toBe(
		wanted.replace('<home>', context.homeDirectory).replace('<folder>', folder),
	);
});

test('an answer file is read, and its relative paths start at its folder', async () => {
	await stage.write('site/answers.yaml', shortest);
	const source = await find({answers: 'site/answers.yaml'});
	expect(source).toMatchObject({
		from: 'file',
		answers: {file: 'site/answers.yaml'},
		baseDirectory: path.join(stage.folder, 'site'),
	});
	const answers = completeAnswers(source);
	expect(answers.tls.certificate).toBe(path.join(stage.folder, 'site/pki/tls.crt'));
	expect(answers.tls.key).toBe(path.join(stage.context.homeDirectory, 'tls.key'));
});

test('without a file the answers of the earlier run are taken; a named file goes before them', async () => {
	await leaveJournal();
	const source = await find();
	expect(source).toMatchObject({from: 'journal', answers: {file: path.join(stage.stateDirectory, 'state.json')}});
	expect(completeAnswers(source).controlPlane.host).toBe('from-journal.corp.internal');
	await stage.write('a.yaml', shortest);
	const named = await find({answers: 'a.yaml'});
	expect(completeAnswers(named).controlPlane.host).toBe('zenml-pro.corp.internal');
	expect(named.journal?.runId).toBe('r1');
});

test('a journal without answers counts as nothing', async () => {
	const {answers: _answers, ...rest} = earlier;
	await leaveJournal(rest);
	expect((await find()).from).toBe('nothing');
});

test('--set goes before the file, and --bundle, --kubeconfig and --context before --set', async () => {
	await stage.write('site/a.yaml', shortest);
	const options = {
		answers: 'site/a.yaml',
		set: ['registry.prefix=own', 'bundle.path=/from/set', 'workspaces.0.name=team'],
		bundle: './my bundle',
		kubeconfig: 'kube/config',
		context: 'prod: 1',
	};
	const answers = completeAnswers(await find(options));
	expect(answers.registry.prefix).toBe('own');
	expect(answers.workspaces[0]?.name).toBe('team');
	// Paths on the command line start where the operator stands, not where the file lies.
	expect(answers.bundle.path).toBe(path.join(stage.folder, 'my bundle'));
	expect(answers.kubernetes).toMatchObject({kubeconfig: path.join(stage.folder, 'kube/config'), context: 'prod: 1'});
});

test('answers of a pipe that the shell hands on are read from the folder of the operator', async () => {
	const file = await stage.write('elsewhere/site.yaml', shortest);
	const handle = await open(file);
	try {
		const source = await find({answers: `/dev/fd/${handle.fd}`});
		expect(source).toMatchObject({from: 'file', baseDirectory: stage.folder});
		expect(completeAnswers(source).bundle.path).toBe(path.join(stage.folder, 'zenml-air-gapped-bundle'));
	} finally {
		await handle.close();
	}
});

test('a pipe that was not handed on, and a terminal in the place of one, say what to do', async () => {
	await expect(find({answers: '/dev/fd/4999'})).rejects.toMatchObject({
		problem: {code: 'answers-file-unreadable', fix: expect.stringMatching(/^Pipe the answers in and write -/u)},
	});
	const stdin = Object.assign(new PassThrough(), {isTTY: true}) as unknown as NodeJS.ReadStream;
	const place = {stateDirectory: stage.stateDirectory, plan: {id: 'install'}} as const;
	await expect(findAnswers({...stage.context, stdin}, {...none, answers: '-'}, place)).rejects.toMatchObject({
		problem: {message: 'There are no answers on standard input.'},
	});
});

test.each([
	['without anything', {}, 'answers-missing'],
	['with a file that is not there', {answers: 'gone.yaml'}, 'answers-file-unreadable'],
	['with a folder in its place', {answers: '.'}, 'answers-file-unreadable'],
	['with a --set that is none', {set: ['registry.host']}, 'answers-set-syntax'],
	['with --set alone, which is not enough', {set: ['registry.host=r:5000']}, 'answers-missing'],
])('%s the answers are refused', async (_name, options, code) => {
	const refused = await find(options)
		.then((source) => completeAnswers(source))
		.catch((error: unknown) => error);
	const {problem, problems} = refused as {
		readonly problem?: {readonly code: string};
		readonly problems?: readonly {readonly code: string}[];
	};
	expect((problem ?? problems?.[0])?.code).toBe(code);
	await expect(stat(stage.stateDirectory)).rejects.toMatchObject({code: 'ENOENT'});
});

test('where nothing was given at all, the next move is to name or to write an answer file', async () => {
	const refused: unknown = await find({})
		.then(completeAnswers)
		.catch((error: unknown) => error);
	expect(refused).toMatchObject({
		problem: {
			message: 'There are no answers to work with.',
			cause: 'No --answers file was named, and no earlier run left its answers on this host.',
			fix: 'Name an answer file with --answers, or start the program in a terminal to be asked.',
			nextSteps: ['zenml-airgap answers init answers.yaml'],
		},
	});
});

test('what is there so far serves the question screens', async () => {
	const {draft, given, missing} = partialAnswers(await find({set: ['registry.host=r:5000']}));
	expect(draft).toMatchObject({registry: {host: 'r:5000'}});
	expect(given).toContain('registry.host');
	expect(missing).toContain('controlPlane.host');
});

test.each([
	['a file that is no YAML', 'registry: [', [], ['answers-syntax']],
	['an answer that there is not', 'registry: {nosuch: 1}', [], ['answers-unknown-key']],
	['a password written out', 'registry: {password: hunter2}', [], ['answers-literal-secret']],
	['one of the command line that there is not', 'registry: {host: r}', ['nosuch.key=1'], ['answers-unknown-key']],
	['the same without a file', undefined, ['nosuch.key=1'], ['answers-unknown-key']],
	['a value that a question can ask for again', 'registry: {host: "https://r"}', [], []],
	['answers that are not complete', 'registry: {host: r}', [], []],
	['nothing', undefined, [], []],
] as const)('of %s the questions are told what they would drop', async (_what, text, set, codes) => {
	if (text !== undefined) await stage.write('own.yaml', text);
	const source = await find({set, ...(text !== undefined && {answers: 'own.yaml'})});
	const refused = (): readonly string[] => {
		try {
			refuseDropped(source);
			return [];
		} catch (error) {
			return (error as ProblemsError).problems.map(({code}) => code);
		}
	};
	expect(refused()).toEqual(codes);
});

test('what an earlier run kept is not judged before the questions', async () => {
	await leaveJournal({...earlier, answers: {...(earlier.answers as object), gone: true} as never});
	refuseDropped(await find());
	// What the command line gives is, and with what was kept: a second workspace is no hole.
	refuseDropped(await find({set: ['workspaces.1.name=two']}));
	const wrong = await find({set: ['workspaces.2.name=three', 'nosuch=1']});
	expect(() => refuseDropped(wrong)).toThrow(
		expect.objectContaining({problems: [{}, {}].map(() => expect.anything())}),
	);
});
