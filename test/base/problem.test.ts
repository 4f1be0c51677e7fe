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

test('anything else is a bug of this tool: its kind is told, and where it came up, but neither its message nor what it holds', () => {
	const error = Object.assign(new TypeError('hunter2 $& and {words}'), {code: 'ERR_X'});
	error.stack = [
		'TypeError: hunter2',
		'    at act (/opt/zenml-airgap/dist/cli.js:10:5)',
		'    at hunter2 is no place of a program',
		'    at file:///opt/zenml-airgap/dist/cli.js:11:5',
	].join('\n');
	expect(toProblem(error)).toEqual({
		...baseProblems.problem('unexpected-error', {words: 'TypeError (ERR_X)'}),
		cause: 'The tool met a case its authors did not think of.',
		evidence: ['at act (/opt/zenml-airgap/dist/cli.js:10:5)', 'at file:///opt/zenml-airgap/dist/cli.js:11:5'],
	});
	expect(toProblem('hunter2')).toMatchObject({
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
