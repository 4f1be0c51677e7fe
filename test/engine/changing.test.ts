import {expect, test} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import type {Controls} from '../../source/engine/controls.ts';
import {trouble} from './events.ts';
import {type Answers, findings, ok, play, quitting, type TinyStep, tiny, todo} from './stage.ts';

/** Tells what is done within, and around, what changes the world. */
const watched = (refuse?: ProblemError) => {
	const story: string[] = [];
	const changing = async <T>(work: () => Promise<T>): Promise<T> => {
		if (refuse) throw refuse;
		story.push('begin');
		return work().finally(() => story.push('end'));
	};
	const telling = (word: string, then: TinyStep['check']): TinyStep['check'] => {
		return async (world) => {
			story.push(word);
			return then(world);
		};
	};
	return {story, changing, telling};
};

test('the work of a step is done within what keeps others away, its looks are not', async () => {
	const {story, changing, telling} = watched();
	const apply = async () => void story.push('apply');
	await play([tiny('images', {check: telling('check', findings(todo, ok)), apply})], {changing});
	expect(story).toEqual(['check', 'begin', 'apply', 'end', 'check']);
});

test('a way back is gone within what keeps others away, also when it fails', async () => {
	const {story, changing} = watched();
	const run = async () => {
		story.push('way');
		throw new ProblemError(trouble);
	};
	const way = {id: 'back', label: 'Back', warning: [], done: 'back', run};
	const decisions = [{decision: 'way', way: 'back'}, {decision: 'quit'}] as const;
	let asked = 0;
	const controls: Controls<Answers> = {...quitting, decide: async () => decisions[asked++] ?? {decision: 'quit'}};
	const check = async () => Promise.reject(new ProblemError(trouble));
	await play([tiny('images', {check, ways: async () => [way]})], {changing, controls});
	expect(story).toEqual(['begin', 'way', 'end']);
});

test('where others cannot be kept away nothing is done, and it is a problem of the step', async () => {
	const unsure = new ProblemError({...trouble, code: 'install-lock-unsure', area: 'locked'});
	const {changing} = watched(unsure);
	const apply = async () => Promise.reject(new Error('was applied'));
	const {story, result} = await play([tiny('images', {check: findings(todo), apply})], {changing});
	expect(story.slice(-2)).toEqual(['problem images install-lock-unsure', 'end failed 10']);
	expect(result.problem?.code).toBe('install-lock-unsure');
});
