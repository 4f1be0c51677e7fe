import {PassThrough} from 'node:stream';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {backgroundQuestion, createAnswers} from '../../source/app/screen/background.ts';
import {quietTerminal, takeOver} from '../../source/app/screen/quiet.ts';

const white = '\u001B]11;rgb:ffff/ffff/ffff\u001B\\';
const black = '\u001B]11;rgb:00/00/00\u0007';
const over = '\u001B[?62;22c';

test.each([
	[white + over, true],
	[black + over, false],
	['\u001B]11;rgba:fdf6/e3e3/0000/ffff\u0007', true],
	[over, undefined],
])('an answer %j is taken out of what is typed, and says that the background is light: %s', (answer, light) => {
	const answers = createAnswers();
	expect(answers.take(`a${answer}b`)).toBe('ab');
	expect(answers.light()).toBe(light);
});

test('an answer that comes in pieces is kept back, and keys that begin like one are not', () => {
	const answers = createAnswers();
	const pieces = [white.slice(0, 2), ...white.slice(2)];
	expect(pieces.map((piece) => answers.take(piece)).join('')).toBe('');
	expect(answers.light()).toBe(true);
	expect(answers.take('\u001B[A')).toBe('\u001B[A');
	expect(answers.take('\u001B')).toBe('\u001B');
	expect(answers.isOver()).toBe(false);
	answers.take(over);
	expect(answers.isOver()).toBe(true);
	// Nothing more is to come: whatever looks like it was typed.
	expect(answers.take('\u001B]11')).toBe('\u001B]11');
});

const openTerminal = (asksBackground: boolean) => {
	const typed = new PassThrough();
	const stdin = Object.assign(typed, {setRawMode: vi.fn(), isTTY: true}) as unknown as NodeJS.ReadStream;
	const written: string[] = [];
	const stdout = {write: (text: string) => written.push(text)} as unknown as NodeJS.WriteStream;
	const interrupt = vi.fn();
	return {stdin, typed, written, interrupt, quiet: quietTerminal({stdin, stdout, interrupt, asksBackground})};
};

beforeEach(() => {
	vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
});
afterEach(() => {
	vi.useRealTimers();
});

test('a terminal that is asked tells its background, and what is typed meanwhile is dropped but for Ctrl-C', async () => {
	const {typed, written, interrupt, quiet, stdin} = openTerminal(true);
	expect(written).toEqual([backgroundQuestion]);
	typed.write(`x${white}\u0003${over}y`);
	expect(await quiet.handOver()).toBe(true);
	expect(interrupt).toHaveBeenCalledOnce();
	expect(stdin.read()).toBeNull();
});

test('a terminal that is not asked gets nothing, and the screen begins at once', async () => {
	const {written, quiet} = openTerminal(false);
	expect(await quiet.handOver()).toBeUndefined();
	expect(written).toEqual([]);
});

test('an answer that is late does not get into the screen as keys', async () => {
	const {typed, quiet, stdin} = openTerminal(true);
	const handed = quiet.handOver();
	await vi.advanceTimersByTimeAsync(1000);
	expect(await handed).toBeUndefined();
	typed.write(`1${white}${over}2`);
	expect(String(stdin.read())).toBe('12');
	typed.write('3');
	expect(String(stdin.read())).toBe('3');
});

test('a background that is told late is heard by the screen that is up already, once', async () => {
	const {typed, quiet, stdin} = openTerminal(true);
	const background = await takeOver({light: false}, quiet.handOver);
	const heard: boolean[] = [];
	const end = background.subscribe(() => heard.push(background.isLight()));
	expect(background.isLight()).toBe(false);
	typed.write(white.slice(0, 9));
	stdin.read();
	expect(heard).toEqual([]);
	typed.write(`${white.slice(9)}x`);
	expect(String(stdin.read())).toBe('x');
	typed.write(over);
	stdin.read();
	expect(heard).toEqual([true]);
	end();
	background.tell(false);
	expect(heard).toEqual([true]);
});

test('a background that was told in time is that of the first picture; of a terminal that tells none it is as it was set', async () => {
	const {typed, quiet} = openTerminal(true);
	typed.write(white + over);
	expect((await takeOver({light: false}, quiet.handOver)).isLight()).toBe(true);
	expect((await takeOver({light: true}, openTerminal(false).quiet.handOver)).isLight()).toBe(true);
});

test('where no screen comes the terminal is given back only when it has answered', async () => {
	const {typed, quiet, stdin} = openTerminal(true);
	const ended = quiet.end();
	expect(stdin.setRawMode).toHaveBeenLastCalledWith(true);
	typed.write(black + over);
	await ended;
	expect(stdin.setRawMode).toHaveBeenLastCalledWith(false);
	expect(stdin.read()).toBeNull();
});
