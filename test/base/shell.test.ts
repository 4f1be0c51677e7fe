import {expect, test} from 'vitest';
import {declareProblems} from '../../source/base/problem-table.ts';
import {shellWord, wordsOf} from '../../source/base/shell.ts';

test.each([
	['/srv/a-b_1.tar', '/srv/a-b_1.tar'],
	['/tmp/my dir;x', "'/tmp/my dir;x'"],
	["it's", String.raw`'it'\''s'`],
	['', "''"],
])('%j is one word of a shell: %s', (word, quoted) => {
	expect(shellWord(word)).toBe(quoted);
});

test('a fact is one word in commands, and stays as it is in sentences', () => {
	const {problem} = declareProblems({
		odd: {
			area: 'usage',
			message: '{file} is odd.',
			cause: 'It is {file}.',
			fix: 'Run "chmod 600 {$file}".',
			nextSteps: ['ls -l {file}'],
		},
	});
	expect(problem('odd', {file: '/my dir;x'})).toMatchObject({
		message: '/my dir;x is odd.',
		cause: 'It is /my dir;x.',
		fix: `Run "chmod 600 '/my dir;x'".`,
		nextSteps: ["ls -l '/my dir;x'"],
	});
});

test.each<readonly [text: string, words: readonly string[] | undefined]>([
	['', []],
	['/bin/tell', ['/bin/tell']],
	['  /bin/tell   --room ops ', ['/bin/tell', '--room', 'ops']],
	[`/bin/tell 'night shift' "it's" a'b c'd ""`, ['/bin/tell', 'night shift', "it's", 'ab cd', '']],
	['/bin/tell $(id) `id` *.txt | tee > x; y && z', '/bin/tell $(id) `id` *.txt | tee > x; y && z'.split(' ')],
	[`/bin/tell 'a\\b'`, ['/bin/tell', 'a\\b']],
	[`/bin/tell 'open`, undefined],
	['/bin/tell a"b', undefined],
	['/bin/tell a\\ b', undefined],
])('the words of %j, with no shell, are %j', (text, words) => {
	expect(wordsOf(text)).toEqual(words);
});
