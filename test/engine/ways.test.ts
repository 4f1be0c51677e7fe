import {expect, test} from 'vitest';
import {type Problem, ProblemError} from '../../source/base/problem.ts';
import {type Controls, type Decided, type Offer, unattended} from '../../source/engine/controls.ts';
import type {Way} from '../../source/engine/plan.ts';
import {trouble} from './events.ts';
import {type Answers, findings, play, quitting, type TinyStep, tiny, todo, type World} from './stage.ts';

const wayOf = (run: Way<World>['run']): Way<World> => ({
	id: 'back',
	label: 'Bring back revision 3 and its dump',
	warning: ['3 rows of 2 tables were written since and are lost.'],
	done: 'brought back to revision 3 and its dump',
	command: 'zenml-airgap back controlPlane',
	run,
});

const info = {
	id: 'back',
	label: 'Bring back revision 3 and its dump',
	warning: ['3 rows of 2 tables were written since and are lost.'],
	done: 'brought back to revision 3 and its dump',
	command: 'zenml-airgap back controlPlane',
};

const fails = async (): Promise<void> => Promise.reject(new ProblemError(trouble));

const step = (more: Partial<TinyStep> = {}): TinyStep =>
	tiny('images', {check: findings(todo), apply: fails, ways: async () => [wayOf(async () => undefined)], ...more});

const choose = (...decisions: readonly Decided<Answers>[]): Controls<Answers> & {readonly offers: readonly Offer[]} => {
	const left = [...decisions];
	const offers: Offer[] = [];
	return {
		...quitting,
		offers,
		decide: async (_step, _problem, offer) => {
			offers.push(offer);
			const next = left.shift();
			if (!next) throw new Error('asked once too often');
			return next;
		},
	};
};

const back: Decided<Answers> = {decision: 'way', way: 'back'};

test('a way that was gone ends the step and the run, with the exit code of the problem, and no later step begins', async () => {
	const controls = choose(back);
	const {story, result, state, events} = await play([step(), tiny('databases')], {controls});
	expect(story.slice(1)).toEqual([
		'started images',
		'check images before',
		'todo images',
		'applying images 1',
		'problem images registry-unreachable',
		'decided images way',
		'going-back images',
		'finished images brought-back',
		'end failed 6',
	]);
	expect(result.problem).toMatchObject({
		code: 'brought-back',
		area: 'registry',
		message: 'The images: failed and undone; brought back to revision 3 and its dump.',
		cause: 'It was brought back after this problem: The registry does not answer.',
		fix: 'Mend the cause of that first; then start the same command again: it begins this step anew.',
	});
	expect(state.steps.map(({status, outcome, note}) => [status, outcome, note])).toEqual([
		['brought-back', 'brought-back', 'brought back to revision 3 and its dump'],
		['pending', undefined, undefined],
	]);
	expect(controls.offers).toEqual([{choices: ['retry', 'edit', 'way', 'quit'], ways: [info]}]);
	expect(events).toContainEqual({at: 0, type: 'step-decided', step: 'images', decision: 'way', way: 'back'});
	expect(events).toContainEqual({at: 0, type: 'step-going-back', step: 'images', way: info});
});

test('a way that mends the problem is the first of what to do, and the operator can go it', async () => {
	const admins: Problem = {...trouble, who: 'database admin', nextSteps: ['look']};
	const apply = async () => Promise.reject(new ProblemError(admins));
	const one: Way<World> = {...wayOf(async () => undefined), mends: [trouble.code]};
	const told = async (...ways: readonly Way<World>[]) => {
		const again = step({apply, ways: async () => ways});
		return (await play([again], {controls: choose({decision: 'quit'})})).result.problem;
	};
	expect(await told(one)).toMatchObject({
		code: trouble.code,
		who: 'operator',
		fix: 'Bring back revision 3 and its dump: the way that is offered here; later, the command zenml-airgap back controlPlane',
		nextSteps: ['look', 'zenml-airgap back controlPlane', `Otherwise, the database admin: ${trouble.fix}`],
	});
	const two = {...one, id: 'back-two', label: 'Bring back two', command: 'zenml-airgap back two'};
	expect(await told(one, two)).toMatchObject({
		fix: 'Go one of the ways back that are offered: Bring back revision 3 and its dump; or Bring back two.',
		nextSteps: expect.arrayContaining(['zenml-airgap back two']),
	});
	expect(await told({...one, mends: ['time-out']})).toMatchObject({who: 'database admin', fix: trouble.fix});
});

test('the ways and what they take away are in the event of the problem, and the function that goes one is not', async () => {
	const {events} = await play([step()], {controls: choose({decision: 'quit'})});
	const told = events.find(({type}) => type === 'step-problem');
	expect(told).toMatchObject({choices: ['retry', 'edit', 'way', 'quit'], ways: [info]});
	expect(JSON.parse(JSON.stringify(told))).toEqual(told);
});

test('without anybody to agree no way is gone, and the problem names the command that goes it later', async () => {
	const gone: string[] = [];
	const ways = async () => [
		wayOf(async () => {
			gone.push('gone');
		}),
	];
	const controls = unattended<Answers>({acknowledged: () => false, handoverLimitMs: 0});
	const {result, story} = await play([step({ways})], {controls});
	expect(gone).toEqual([]);
	expect(story.at(-1)).toBe('end failed 6');
	expect(result.problem).toMatchObject({
		code: 'registry-unreachable',
		nextSteps: ['zenml-airgap back controlPlane'],
	});
});

test('a way that fails is a problem with the same choices, and is gone again from there', async () => {
	let tries = 0;
	const run = async (): Promise<void> => {
		tries += 1;
		if (tries === 1) throw new ProblemError({...trouble, code: 'time-out', area: 'database', message: 'No answer.'});
	};
	const controls = choose(back, back);
	const {story, result} = await play([step({ways: async () => [wayOf(run)]})], {controls});
	expect(story.slice(5)).toEqual([
		'problem images registry-unreachable',
		'decided images way',
		'going-back images',
		'problem images time-out',
		'decided images way',
		'going-back images',
		'finished images brought-back',
		'end failed 6',
	]);
	expect(controls.offers[1]).toEqual(controls.offers[0]);
	expect(result.problem?.cause).toContain('The registry does not answer.');
});

test('after a way that failed the step can be tried again, or the run be ended with what it failed with', async () => {
	const time = {...trouble, code: 'time-out', area: 'database'} as const;
	const ways = async () => [wayOf(async () => Promise.reject(new ProblemError(time)))];
	const again = step({check: findings(todo, {status: 'ok'}), ways});
	const {story} = await play([again], {controls: choose(back, {decision: 'retry'})});
	expect(story.at(-1)).toBe('end done 0');
	const ended = await play([step({ways})], {controls: choose(back, {decision: 'quit'})});
	expect(ended.story.at(-1)).toBe('end failed 7');
});

test('ways that cannot be looked for are said, and hide neither the problem nor the other choices', async () => {
	const controls = choose({decision: 'quit'});
	const ways = async () =>
		Promise.reject(new ProblemError({...trouble, message: 'The folder is gone.', cause: 'Lost.'}));
	const {result, state} = await play([step({ways})], {controls});
	expect(result.problem?.code).toBe('registry-unreachable');
	expect(controls.offers).toEqual([{choices: ['retry', 'edit', 'quit'], ways: []}]);
	expect(state.log.map(({text}) => text)).toContain('No way back can be offered: The folder is gone. Lost.');
});

test('a way that nobody offered is not gone: it is asked again', async () => {
	const controls = choose({decision: 'way', way: 'other'}, {decision: 'quit'});
	const {story} = await play([step()], {controls});
	expect(story.slice(5)).toEqual([
		'problem images registry-unreachable',
		'decided images way',
		'problem images registry-unreachable',
		'end failed 6',
	]);
});

test.each(['look', 'verify'] as const)('the pass %s looks for no ways', async (pass) => {
	const ways = async () => Promise.reject(new Error('was asked'));
	const {events} = await play([step({check: findings(new ProblemError(trouble)), ways})], {pass});
	expect(events.find(({type}) => type === 'step-problem')).toMatchObject({choices: []});
	expect(JSON.stringify(events)).not.toContain('was asked');
});

test('a stop ends a way, and the run is one that was stopped', async () => {
	const stop = new AbortController();
	const run = async ({signal}: World): Promise<void> => {
		stop.abort(new Error('Ctrl-C'));
		signal.throwIfAborted();
	};
	const {story} = await play([step({ways: async () => [wayOf(run)]})], {controls: choose(back), signal: stop.signal});
	expect(story.at(-1)).toBe('end stopped 130');
	expect(story).not.toContain('finished images brought-back');
});

test('what a way tells is told of its step, and a bound ends it', async () => {
	const run = async ({report, signal}: World): Promise<void> => {
		report({kind: 'waiting', reason: 'the dump to be restored'});
		await new Promise((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason), {once: true});
		});
	};
	const controls = choose(back, {decision: 'quit'});
	const {result} = await play([step({ways: async () => [wayOf(run)]})], {controls});
	expect(result.problem).toMatchObject({code: 'time-out', message: expect.stringContaining('way back')});
});
