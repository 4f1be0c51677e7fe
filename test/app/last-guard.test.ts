import {execFile, execFileSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test, vi} from 'vitest';
import type {Context} from '../../source/app/base/context.ts';
import {createLastGuard, lastWords, type Terminal} from '../../source/app/base/ending/last-guard.ts';
import {main} from '../../source/app/main.ts';
import {kindOf} from '../../source/base/unexpected/kind.ts';
import {createStage} from './stage.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const trapped = new Proxy(new Error('CANARY'), {
	get: () => {
		throw new Error('CANARY');
	},
});
const coded = Object.assign(new TypeError('CANARY'), {code: 'ERR_CANARY_FREE'});
const talkative = Object.assign(new Error('CANARY'), {code: 'CANARY is the password'});
Object.defineProperty(talkative, 'constructor', {value: {name: 'CANARY of spaces'}});

test.each([
	[new RangeError('CANARY'), 'RangeError'],
	[coded, 'TypeError (ERR_CANARY_FREE)'],
	[talkative, 'an error without a name'],
	[trapped, 'an error without a name'],
	['CANARY', 'a thrown string'],
	[undefined, 'a thrown undefined'],
	[null, 'a thrown object'],
	[Object.create(null), 'an error without a name'],
])('of an error only its kind is told', (error, kind) => {
	expect(kindOf(error)).toBe(kind);
});

const spokenOn = (isTTY: boolean, write?: Terminal['write']) => {
	const said = {stdout: '', stderr: ''};
	const setRawMode = vi.fn();
	const code = lastWords(new RangeError('CANARY'), {
		stdin: {isTTY, setRawMode},
		stdout: {isTTY},
		write:
			write ??
			((to, text) => {
				said[to] += text;
			}),
	});
	return {...said, code, raw: setRawMode.mock.calls};
};

test('the terminal is given back before the last words', () => {
	const {stdout, stderr, code, raw} = spokenOn(true);
	expect(code).toBe(1);
	expect(raw).toEqual([[false]]);
	for (const sequence of ['[?1049l', '[?25h', '[0m']) expect(stdout).toContain(`\u001B${sequence}`);
	expect(stderr).toContain('ended by an error that it did not expect: RangeError\n');
	expect(stderr).toContain('code:  unexpected-error');
	expect(stderr).not.toContain('CANARY');
});

test('a pipeline that asked for JSON is told so in JSON', () => {
	let said = '';
	const write: Terminal['write'] = (_to, text) => {
		said += text;
	};
	expect(lastWords(new RangeError('CANARY'), {stdin: {}, stdout: {}, write}, true)).toBe(1);
	expect(JSON.parse(said)).toMatchObject({type: 'refused', problem: {code: 'unexpected-error', who: 'bug'}});
	expect(said).toContain('RangeError');
	expect(said).not.toContain('CANARY');
});

describe('the last guard', () => {
	const guarded = () => {
		const ended: unknown[] = [];
		return {ended, guard: createLastGuard((error) => ended.push(error))};
	};

	test('hands an error to the newest listener, and ends the program where nobody listens', () => {
		const {ended, guard} = guarded();
		const heard: string[] = [];
		const error = new TypeError('CANARY');
		const outer = guard.hear(({message}) => heard.push(`outer ${message}`));
		const inner = guard.hear(({message, evidence}) => heard.push(`inner ${message} ${JSON.stringify(evidence)}`));
		guard.take(error);
		inner();
		inner();
		guard.take('thrown');
		outer();
		guard.take(error);
		expect(heard).toHaveLength(2);
		expect(heard[0]).toMatch(/^inner An error that this tool did not expect: TypeError .*last-guard\.test\.ts/u);
		expect(heard[1]).toBe('outer An error that this tool did not expect: a thrown string');
		expect(heard.join('')).not.toContain('CANARY');
		expect(ended).toEqual([error]);
	});

	test('ends the program where the listener fails, and in a flood', () => {
		const {ended, guard} = guarded();
		const end = guard.hear(() => {
			throw new Error('no');
		});
		guard.take(trapped);
		expect(ended).toHaveLength(1);
		end();
		let heard = 0;
		guard.hear(() => {
			heard += 1;
		});
		for (let count = 0; count < 30; count += 1) guard.take(new Error('again'));
		expect(heard).toBe(19);
		expect(ended).toHaveLength(12);
	});
});

test('nothing but words goes to a pipe, and a pipe that is closed is no second error', () => {
	expect(spokenOn(false)).toMatchObject({stdout: '', raw: [], code: 1});
	const closed = (): never => {
		throw new Error('EPIPE');
	};
	expect(spokenOn(true, closed).code).toBe(1);
});

test.each([[[]], [['--json']]])(
	'a command that fails with an error nobody expected tells its kind, with %j',
	async (more) => {
		const texts: string[] = [];
		const stage = await createStage();
		const context: Context = {
			...stage.context,
			get homeDirectory(): string {
				throw Object.assign(new TypeError('CANARY'), {code: 'ERR_X'});
			},
			err: (text) => texts.push(text),
		};
		expect(await main(context, ['plan', '--non-interactive', ...more])).toBe(1);
		await stage.remove();
		expect(texts.join('')).toContain('An error that this tool did not expect: TypeError (ERR_X)');
		expect(texts.join('')).not.toContain('CANARY');
		expect(texts.join('')).not.toContain('last-guard.test');
	},
);

test.each([
	['an exception', 'throw new RangeError("CANARY-7")', 'RangeError'],
	['a rejection', 'Promise.reject(Object.assign(new Error("CANARY-7"), {code: "ERR_Y"}))', 'Error (ERR_Y)'],
])('%s that nothing catches ends the program with its kind only', async (_name, deed, kind) => {
	const folder = await mkdtemp(path.join(tmpdir(), 'guard-'));
	const pipe = path.join(folder, 'pipe');
	execFileSync('mkfifo', [pipe]);
	const hook = `const timer = setInterval(() => {if (process.listenerCount("uncaughtException") > 0) {clearInterval(timer); ${deed}}}, 5)`;
	const words = [
		'--import',
		'tsx',
		'--import',
		`data:text/javascript,${encodeURIComponent(hook)}`,
		path.join(root, 'cli.tsx'),
	];
	const ended = await new Promise<{readonly code: unknown; readonly text: string}>((resolve) => {
		execFile(
			process.execPath,
			[...words, 'answers', 'validate', '--answers', pipe],
			{cwd: root},
			(error, stdout, stderr) => resolve({code: error?.code, text: `${stdout}${stderr}`}),
		);
	});
	await rm(folder, {recursive: true});
	expect(ended.code).toBe(1);
	expect(ended.text).toContain(`ended by an error that it did not expect: ${kind}\n`);
	expect(ended.text).not.toContain('CANARY');
	expect(ended.text).not.toMatch(/^\s+at /mu);
});
