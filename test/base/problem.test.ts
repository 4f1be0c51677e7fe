import {expect, test} from 'vitest';
import {isAbort, messagesOf, ProblemError, ProblemsError, problem, toProblem} from '../../source/base/problem.ts';
import {baseProblems} from '../../source/base/problems.ts';

const input = {code: 'lock-contended', area: 'locked', message: 'm', cause: 'c', fix: 'f'} as const;

test('a problem is for the operator unless it says otherwise', () => {
	expect(problem(input)).toEqual({...input, who: 'operator', nextSteps: []});
	expect(problem({...input, who: 'vendor', nextSteps: ['n']})).toMatchObject({who: 'vendor', nextSteps: ['n']});
});

test('a thrown problem comes back as it is, and one alone among several', () => {
	const first = problem(input);
	expect(toProblem(new ProblemError(input))).toEqual(first);
	expect(toProblem(new ProblemsError([first]))).toBe(first);
	expect(messagesOf(new ProblemsError([first]))).toBe('m');
});

test('several problems come back as one that holds them all, each whole', () => {
	const first = problem({...input, answers: ['a']});
	const second = problem({...input, message: 'second', who: 'vendor', answers: ['a', 'b']});
	const several = new ProblemsError([first, second]);
	expect(several.message).toBe('m\nsecond');
	expect(toProblem(several)).toEqual({
		...baseProblems.problem('several-problems', {
			...{count: 2, shares: '1 for the vendor, 1 for you', list: '1. m. 2. second.'},
		}),
		...{area: 'locked', parts: [first, second], answers: ['a', 'b']},
	});
	expect(messagesOf(several)).toBe('m. second.');
	const third = problem({...input, area: 'database'});
	expect(toProblem(new ProblemsError([third, first])).area).toBe('database');
	expect(toProblem(new ProblemsError([third, problem({...input, area: 'usage'})])).area).toBe('usage');
});

test('what several problems hold of several is told once, without a fold between', () => {
	const one = problem(input);
	const two = problem({...input, message: 'n'});
	const inner = toProblem(new ProblemsError([one, two]));
	expect(toProblem(new ProblemsError([inner, one])).parts).toEqual([one, two, one]);
});

test('anything else is a bug of this tool: its kind is told, and where it came up, never what it says', () => {
	const error = Object.assign(new RangeError('CANARY\n    at CANARY (/with blanks/a.ts:1:1)'), {code: 'ERR_SHORT'});
	error.stack = `RangeError: CANARY\nCANARY of a second line\n    at deed (/opt/tool/cli.js:12:3)\n    at /opt/tool/cli.js:9:1`;
	expect(toProblem(error)).toEqual({
		...baseProblems.problem('unexpected-error', {words: 'RangeError (ERR_SHORT)'}),
		cause: 'The tool met a case its authors did not think of.',
		evidence: ['at deed (/opt/tool/cli.js:12:3)', 'at /opt/tool/cli.js:9:1'],
	});
	expect(toProblem('a CANARY')).toMatchObject({
		code: 'unexpected-error',
		area: 'bug',
		who: 'bug',
		message: 'An error that this tool did not expect: a thrown string',
		fix: 'Start it again: every step re-checks the world and goes on. If it comes back, send the saved report to the authors.',
		evidence: [],
	});
	expect(toProblem(new ProblemsError([]))).toMatchObject({code: 'unexpected-error'});
});

test('an abort is known however deeply it was wrapped', () => {
	const abort = new DOMException('stopped', 'AbortError');
	expect(isAbort(abort)).toBe(true);
	expect(isAbort(new Error('outer', {cause: new Error('inner', {cause: abort})}))).toBe(true);
	expect(isAbort(new Error('other', {cause: 'AbortError'}))).toBe(false);
	expect(isAbort('AbortError')).toBe(false);
});
