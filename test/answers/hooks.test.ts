import {expect, test} from 'vitest';
import {answersJsonSchema} from '../../source/answers/file/json-schema.ts';
import {secretAnswers} from '../../source/answers/secret-places.ts';
import {load, problemsOf, shortest, told} from './samples.ts';

const withHooks = (yaml: string): string => `${shortest}hooks: ${yaml}\n`;

test('hooks may be left out, and each may be a program, an address, or both', () => {
	expect(load(shortest).hooks).toEqual({
		...{started: {}, waiting: {}, problem: {}, finished: {}},
		...{header: 'Authorization', timeoutSeconds: 10},
	});
	const {hooks} = load(
		withHooks("{waiting: {command: /bin/tell 'night shift', url: 'https://chat.corp:8443/hooks/a?b=c'}}"),
	);
	expect(hooks.waiting).toEqual({command: "/bin/tell 'night shift'", url: 'https://chat.corp:8443/hooks/a?b=c'});
});

test.each([
	['a program without its folder', '{started: {command: tell-the-room}}', 'hooks.started.command', 'absolute path'],
	['a quote that is left open', '{started: {command: "/bin/tell \'a"}}', 'hooks.started.command', 'each quote closed'],
	['a moment that there is not', '{done: {command: /bin/tell}}', 'hooks.done', ''],
	['an address without TLS', "{problem: {url: 'http://chat.corp/'}}", 'hooks.problem.url', 'https://'],
	['an address with a login', "{problem: {url: 'https://a:b@chat.corp/'}}", 'hooks.problem.url', 'without a login'],
	['an address that is none', "{problem: {url: 'https://chat.corp:99999/'}}", 'hooks.problem.url', 'be a URL'],
	['more time than a run may wait', '{timeoutSeconds: 61}', 'hooks.timeoutSeconds', '60'],
	['a password in its place', '{headerValue: hunter2}', 'hooks.headerValue', 'reference'],
	['a header that breaks the line', '{header: "A b"}', 'hooks.header', 'name of a header'],
])('%s is refused where it stands', (_what, yaml, path, words) => {
	const problems = problemsOf(withHooks(yaml));
	expect(problems).toHaveLength(1);
	expect(problems[0]?.answers).toEqual([path]);
	expect(told(problems).join('\n')).toContain(words);
	expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('what tells who is calling cannot be made by this tool', () => {
	expect(problemsOf(withHooks('{headerValue: generate}'))).toMatchObject([{answers: ['hooks.headerValue']}]);
	expect(secretAnswers(load(withHooks('{headerValue: env:TOKEN}')))).toContainEqual({
		...{answer: 'hooks.headerValue', reference: 'env:TOKEN'},
	});
});

test('an editor that reads the JSON schema knows the shape of both', () => {
	const text = JSON.stringify(answersJsonSchema());
	for (const key of ['started', 'waiting', 'problem', 'finished', 'headerValue', 'timeoutSeconds'])
		expect(text).toContain(`"${key}"`);
});
