import {expect, test} from 'vitest';
import {inRows, rowsOf} from '../../source/app/base/wrap.ts';

test.each([
	['short', 'a b', 3, ['a b']],
	['long, broken at blanks', 'one two three', 8, ['one two', 'three']],
	['indented, and stays so', '    one two three', 13, ['    one two', '    three']],
	['a part of a problem, under its text', '  why:   one two three', 18, ['  why:   one two', '         three']],
	['a word that is wider', 'a /very/long/path b', 8, ['a', '/very/long/path', 'b']],
	['a command', '  zenml-airgap install here', 10, ['  zenml-airgap install here']],
	['words with an option', 'say it with --yes again', 10, ['say it with --yes again']],
	['a sentence with an option', 'Give it with --by here.', 10, ['Give it', 'with --by', 'here.']],
	['a quotation, marked in each row', '  | one two three', 11, ['  | one two', '  | three']],
	['a quoted command', '  | kubectl get pods', 11, ['  | kubectl get pods']],
	['a sentence that speaks of a program', 'The helm program runs', 10, ['The helm', 'program', 'runs']],
	['a command behind words', 'Run: helm version here', 10, ['Run: helm version here']],
	['SQL', 'CREATE DATABASE a;', 10, ['CREATE DATABASE a;']],
	['no terminal', 'one two three', undefined, ['one two three']],
	['at a terminal that does not know its width', 'one two three', 0, ['one two three']],
])('a line that is %s', (_what, line, columns, rows) => {
	expect(rowsOf(line, columns)).toEqual(rows);
});

test('lines are broken for a terminal alone', () => {
	const written: string[] = [];
	const write = (text: string) => written.push(text);
	inRows(write, {isTTY: true, columns: 8})('one two three\n');
	inRows(write, {columns: 8})('one two three\n');
	expect(written).toEqual(['one two\nthree\n', 'one two three\n']);
});
