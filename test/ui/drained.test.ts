import {PassThrough} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {drained} from '../../source/ui/terminal/drained.ts';

/** An input whose bytes somebody takes, as Ink does. */
const heard = (): {readonly input: PassThrough; readonly taken: () => string} => {
	const input = new PassThrough();
	let taken = '';
	input.on('readable', () => {
		for (let chunk: unknown = input.read(); chunk !== null; chunk = input.read()) taken += String(chunk);
	});
	return {input, taken: () => taken};
};

test('what still comes is taken before the terminal is given back', async () => {
	const {input, taken} = heard();
	const over = drained(input);
	input.write('v');
	await sleep(20);
	input.write('rest');
	await over;
	expect(taken()).toBe('vrest');
	expect(input.listenerCount('readable')).toBe(1);
});

test('a key that is held does not hold the program', async () => {
	const {input} = heard();
	const held = setInterval(() => input.write('v'), 10);
	const began = performance.now();
	await drained(input);
	clearInterval(held);
	expect(performance.now() - began).toBeGreaterThan(250);
	expect(input.listenerCount('readable')).toBe(1);
});
