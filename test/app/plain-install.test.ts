import {readFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {stripVTControlCharacters} from 'node:util';
import {afterEach, expect, test} from 'vitest';
import type {Draft} from '../../source/answers/draft.ts';
import {draftFile, readDraft} from '../../source/app/answers/kept-draft.ts';
import type {Context} from '../../source/app/base/context.ts';
import {createLeaving} from '../../source/app/base/ending/leaving.ts';
import {openEndWords} from '../../source/app/base/kept/open-end.ts';
import {runPlain} from '../../source/app/plain/install.ts';
import {wantsPlainQuestions} from '../../source/app/plain/wanted.ts';
import type {AttendedOptions} from '../../source/app/session/attended.ts';
import {problem} from '../../source/base/problem.ts';
import {parseJournal} from '../../source/engine/journal.ts';
import type {Finding} from '../../source/engine/plan.ts';
import {planWords} from '../../source/plans/words.ts';
import type {Plan, World} from '../../source/steps/world.ts';
import {entryOf} from '../helpers/plan-entry.ts';
import {fullDraft} from '../ui/helpers/answers.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage | undefined;
afterEach(async () => {
	await stage?.remove();
	stage = undefined;
});

/** A plan of one step, which sees what `check` says and does what `apply` does. */
const planOf = (check: (world: World) => Promise<Finding>, apply?: (world: World) => Promise<void>): Plan => ({
	id: 'install',
	title: 'Installing',
	command: 'zenml-airgap install',
	steps: [
		{
			id: 'bundle',
			title: 'Bundle',
			why: 'For the test.',
			area: 'bundle',
			inputs: () => [],
			timeouts: {checkMs: 10_000, applyMs: 10_000},
			check,
			...(apply && {apply}),
		},
	],
});

/** A step that has something to do until it has done it. */
const working = (): Plan => {
	let isDone = false;
	return planOf(
		async ({pass}) =>
			isDone && pass === 'apply'
				? {status: 'ok', note: 'all there'}
				: {status: 'todo', changes: [{action: 'create', target: 'a thing'}]},
		async () => {
			isDone = true;
		},
	);
};

/** An operator at a terminal without a full screen, who starts `runPlain` with some answers. */
const sit = async (
	plan: Plan,
	draft: Draft = fullDraft,
	more: Partial<AttendedOptions> = {},
	context: Partial<Context> = {},
) => {
	const stdin = Object.assign(new PassThrough(), {isTTY: true});
	const stdout = new PassThrough();
	let written = '';
	let read = 0;
	stdout.on('data', (chunk: Buffer) => {
		written += chunk.toString();
	});
	const left: number[] = [];
	const stop = new AbortController();
	const own = await createStage({
		environment: {KUBECONFIG: '/nonexistent/kubeconfig'},
		stdin: stdin as unknown as NodeJS.ReadStream,
		stdout: stdout as unknown as NodeJS.WriteStream,
		out: (text) => void stdout.write(text),
		signal: stop.signal,
		leave: ((code: number) => left.push(code)) as unknown as Context['leave'],
		...context,
	});
	stage = own;
	const options: AttendedOptions = {
		stateDirectory: own.stateDirectory,
		plan: entryOf(plan),
		resumeCommand: 'zenml-airgap install',
		loaded: {draft, given: ['registry.host'], problems: [], missing: []},
		...more,
	};
	const shown = (): string => stripVTControlCharacters(written);
	const waitFor = async (text: string): Promise<void> => {
		await expect.poll(() => shown().indexOf(text, read), {timeout: 20_000}).toBeGreaterThanOrEqual(0);
		read = shown().indexOf(text, read) + text.length;
	};
	const code = runPlain(
		own.context,
		{set: [], nonInteractive: false, plain: true, json: false, logLevel: 'info'},
		options,
	);
	return {
		code,
		shown,
		waitFor,
		stdin,
		stop,
		left,
		folder: own.folder,
		remove: own.remove,
		/** Waits for each prompt and answers it with a line. */
		answer: async (...pairs: ReadonlyArray<readonly [prompt: string, line: string]>): Promise<void> => {
			for (const [prompt, line] of pairs) {
				await waitFor(prompt);
				stdin.write(`${line}\r`);
			}
		},
	};
};

const start = 'Start? yes/no/change/save/papers: ';

test('questions, review, plan and run follow each other, and the end is told with its exit code', async () => {
	const {registry: _registry, ...draft} = fullDraft;
	const talk = await sit(working(), {...draft, registry: {username: 'pusher', password: 'env:TOKEN'}});
	await talk.answer(['Registry host [internal-registry.corp.example]: ', 'registry.corp.example']);
	await talk.waitFor('  Registry host: registry.corp.example');
	await talk.waitFor('  Bundle: 1 change\n    create a thing');
	await talk.answer([start, 'yes']);
	await talk.waitFor('[ 1/1] Bundle: working');
	await talk.waitFor('[ 1/1] Bundle: done: all there');
	await talk.waitFor('ZenML Pro is installed and verified');
	expect(await talk.code).toBe(0);
});

test('answers are saved and changed before the start, and the plan is made again', async () => {
	const talk = await sit(working());
	await talk.answer([start, 'save']);
	await talk.waitFor(`Saved: ${path.join(talk.folder, 'zenml-airgap-answers.yaml')}`);
	await talk.answer([start, 'change'], ['Which topic? Its number: ', '7'], ['Organization [default]: ', 'acme']);
	await talk.waitFor('  Organization: acme');
	await talk.answer([start, 'back'], ['Organization [acme]: ', ''], [start, 'quit']);
	expect(await talk.code).toBe(0);
	expect(talk.shown()).toContain('Nothing was changed. Start again with: zenml-airgap install');
	expect(await readFile(path.join(talk.folder, 'zenml-airgap-answers.yaml'), 'utf8')).not.toContain('acme');
});

test('papers for other teams are made at the review, and their folder is told', async () => {
	const talk = await sit(working());
	await talk.answer([start, 'papers'], ['Which papers? Their number, or no: ', '5']);
	await talk.waitFor('Making papers, nothing else is changed.');
	await talk.waitFor(`${path.join('handover', 'cluster')} (`);
	await talk.waitFor('begins with README.txt');
	await talk.answer([start, 'no']);
	expect(await talk.code).toBe(0);
});

test('answers that cannot be saved where the operator is are told so, and the conversation goes on', async () => {
	const talk = await sit(working(), fullDraft, {}, {workingDirectory: '/dev/null/here'});
	await talk.answer([start, 'save']);
	await talk.waitFor('Not saved in /dev/null/here: ');
	await talk.waitFor('Start from a folder that you may write to.');
	await talk.answer([start, 'no']);
	expect(await talk.code).toBe(0);
});

test('a secret of an earlier run is asked for again and goes to no file and no line', async () => {
	const registry = {host: 'registry.corp.example', username: 'pusher', password: 'prompt'};
	const talk = await sit(working(), {...fullDraft, registry});
	await talk.answer(['Password or token: ', 'hunter2-secret'], [start, 'save']);
	await talk.waitFor('Saved: ');
	await talk.answer([start, 'no']);
	await talk.code;
	expect(talk.shown()).not.toContain('hunter2');
	expect(await readFile(path.join(talk.folder, 'zenml-airgap-answers.yaml'), 'utf8')).not.toContain('hunter2');
});

test('the answers that a problem names are asked for, and the step is tried again with them', async () => {
	const refused = problem({
		code: 'database-unreachable',
		area: 'database',
		message: 'No such server.',
		cause: 'c',
		fix: 'f',
		answers: ['database.host'],
	});
	const plan = planOf(async ({answers}) =>
		answers.database.host === 'pg.corp.example' ? {status: 'ok'} : {status: 'blocked', problem: refused},
	);
	const talk = await sit(plan);
	await talk.waitFor('  Bundle: problem');
	await talk.answer([start, 'yes'], ['What now? ', 'edit'], ['[postgres.corp.example]: ', 'pg.corp.example']);
	expect(await talk.code).toBe(0);
});

test('what takes something away is agreed to only once it is said what', async () => {
	const refused = problem({
		code: 'back-nothing',
		area: 'usage',
		message: 'There is no dump.',
		cause: 'c',
		fix: 'Name the folder.',
	});
	const plan = planOf(async () => ({status: 'blocked', problem: refused}));
	const talk = await sit(plan, fullDraft, {plan: {...entryOf(plan), words: planWords.back}});
	const prompt = 'Bring back? yes/no/change/save/papers: ';
	await talk.answer([prompt, 'yes']);
	await talk.waitFor('What is lost is not known: There is no dump.');
	await talk.waitFor('What to do: Name the folder.');
	await talk.waitFor('After "change" the plan is looked at again.');
	await talk.answer([prompt, 'no']);
	expect(await talk.code).toBe(0);
	expect(talk.shown()).not.toContain('Bring it back?');
	expect(talk.shown()).toContain('Nothing was changed.');
});

test('a problem that nobody mends ends with the exit code of its area', async () => {
	const refused = problem({
		code: 'database-unreachable',
		area: 'database',
		message: 'No such server.',
		cause: 'c',
		fix: 'f',
	});
	const talk = await sit(planOf(async () => ({status: 'blocked', problem: refused})));
	await talk.answer([start, 'yes'], ['What now? ', 'report'], ['Report saved: ', 'quit']);
	expect(await talk.code).toBe(7);
	const [file = ''] = /\S+problem-\S+\.txt/u.exec(talk.shown()) ?? [];
	expect(await readFile(file, 'utf8')).toContain('No such server.');
	expect(talk.shown()).toContain('Go on with  zenml-airgap install');
});

test('Ctrl-C before the start leaves at once and says that nothing was changed', async () => {
	const talk = await sit(working());
	await talk.waitFor(start);
	talk.stdin.write('\u0003');
	expect(await talk.code).toBe(130);
	expect(talk.shown()).toContain('Nothing was changed.');
});

test('the end of the input, and a signal, leave before the start as Ctrl-C does', async () => {
	const ended = await sit(working());
	await ended.waitFor(start);
	ended.stdin.end();
	expect(await ended.code).toBe(130);
	await stage?.remove();
	const stopped = await sit(working());
	await stopped.waitFor(start);
	stopped.stop.abort(new Error('SIGTERM'));
	expect(await stopped.code).toBe(130);
});

test('Ctrl-C during the run stops at a safe point, and a second one leaves at once', async () => {
	const {promise: safe, resolve: reachSafePoint} = Promise.withResolvers<void>();
	const check = async (): Promise<Finding> => ({status: 'todo', changes: [{action: 'create', target: 'a thing'}]});
	const talk = await sit(planOf(check, async () => safe));
	await talk.answer([start, 'yes']);
	await talk.waitFor('Bundle: working');
	talk.stdin.write('\u0003');
	await talk.waitFor('Stopping at a safe point: the operator asked for it');
	expect(talk.left).toEqual([]);
	talk.stdin.write('\u0003');
	await expect.poll(() => talk.left).toEqual([130]);
	reachSafePoint();
	expect(await talk.code).toBe(130);
});

test('a run that was stopped at once is told as that afterwards', async () => {
	const {promise: safe, resolve: reachSafePoint} = Promise.withResolvers<void>();
	const check = async (): Promise<Finding> => ({status: 'todo', changes: [{action: 'create', target: 'a thing'}]});
	const journals: string[] = [];
	const file = (): string => path.join(stage?.stateDirectory ?? '', 'state.json');
	const leaving = createLeaving(() => journals.push(readFileSync(file(), 'utf8')));
	const talk = await sit(
		planOf(check, async () => safe),
		fullDraft,
		{},
		leaving,
	);
	await talk.answer([start, 'yes']);
	await talk.waitFor('Bundle: working');
	talk.stdin.write('\u0003\u0003');
	await expect.poll(() => journals.length).toBe(1);
	const journal = parseJournal(JSON.parse(journals[0] ?? ''), file());
	expect(journal.outcome).toBeUndefined();
	expect(openEndWords(journal)).toContain('was stopped at once (Ctrl-C twice)');
	reachSafePoint();
	expect(await talk.code).toBe(130);
});

test.each([
	[true, true, {}, true],
	[false, true, {}, false],
	[true, false, {}, false],
	[true, true, {nonInteractive: true}, false],
	[true, true, {json: true}, false],
])('with a terminal at %s and %s and %j questions are asked: %s', (input, output, options, wanted) => {
	expect(
		wantsPlainQuestions(
			{stdin: {isTTY: input} as NodeJS.ReadStream, stdout: {isTTY: output} as NodeJS.WriteStream},
			{nonInteractive: false, json: false, ...options},
		),
	).toBe(wanted);
});

test('answers are kept while they are given, offered by the next start, and gone once a run had them', async () => {
	const {registry: _registry, database: _database, ...draft} = fullDraft;
	const talk = await sit(working(), {...draft, registry: {username: 'pusher', password: 'env:TOKEN'}});
	await talk.answer(['Registry host [internal-registry.corp.example]: ', 'registry.corp.example']);
	await talk.waitFor('Database server');
	talk.stop.abort(new Error('it got SIGHUP'));
	expect(await talk.code).toBe(130);
	const file = draftFile(path.join(talk.folder, 'home', '.local', 'state', 'zenml-airgap'), 'install');
	expect(talk.shown()).toContain(`answers kept in ${file}`);
	const unfinished = await readDraft(file);
	expect(unfinished.kept?.draft).toMatchObject({registry: {host: 'registry.corp.example'}});
	const again = await sit(working(), {}, {unfinished, stateDirectory: path.dirname(file)});
	await again.answer([`Go on with the ${unfinished.kept?.count} answers of `, '']);
	await again.answer(['Database server [', 'quit']);
	expect(await again.code).toBe(0);
	await again.remove();
	const last = await sit(working(), fullDraft, {unfinished, stateDirectory: path.dirname(file), prefersLoaded: true});
	await last.answer(['yes/no/quit [no]: ', ''], [start, 'yes']);
	expect(await last.code).toBe(0);
	expect(await readDraft(file)).toEqual({});
	await talk.remove();
});
