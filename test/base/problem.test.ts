import {expect, test} from 'vitest';
import {isAbort, ProblemError, ProblemsError, problem, toProblem} from '../../source/base/problem.ts';
import {baseProblems} from '../../source/base/problems.ts';

const input = {code: 'lock-contended', area: 'locked', message: 'm', cause: 'c', fix: 'f'} as const;

test('a problem is for the operator unless it says otherwise', () => {
	expect(problem(input)).toEqual({...input, who: 'operator', nextSteps: []});
	expect(problem({...input, who: 'vendor', nextSteps: ['n']})).toMatchObject({who: 'vendor', nextSteps: ['n']});
});

test('a thrown problem comes back as it is, the first of several too', () => {
	const first = problem(input);
	expect(toProblem(new ProblemError(input))).toEqual(first);
	const several = new ProblemsError([first, problem({...input, message: 'second'})]);
	expect(toProblem(several)).toBe(first);
	expect(several.message).toBe('m\nsecond');
});

test('anything else is a bug of this tool, with the first lines of where it happened', () => {
	const error = new Error('$& and {words}');
	error.stack = Array.from({length: 20}, (_, line) => `line ${line}`).join('\n');
	expect(toProblem(error)).toEqual({
		...baseProblems.problem('unexpected-error', {words: '$& and {words}'}),
		cause: 'The tool met a case its authors did not think of.',
		evidence: Array.from({length: 12}, (_, line) => `line ${line}`),
	});
	expect(toProblem('a text')).toMatchObject({
		code: 'unexpected-error',
		area: 'bug',
		who: 'bug',
		message: 'An error that this tool did not expect: a text',
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
