import {expect, test} from 'vitest';
import {createRedactor} from '../../source/base/redact.ts';
import {createSecrets} from '../../source/registry/auth/secrets.ts';
import {statusProblem} from '../../source/registry/status-problem.ts';
import {apiError} from '../../source/zenml/answers.ts';

const password = 'q7Zr9XvT2mLk8Wp4sD6fGh1j';
const basic = Buffer.from(`robot:${password}`).toString('base64');

/** The longest piece of a secret in a text. */
const shownOf = (text: string, secret: string): number => {
	let longest = 0;
	for (let from = 0; from < secret.length; from += 1)
		while (from + longest < secret.length && text.includes(secret.slice(from, from + longest + 1))) longest += 1;
	return longest;
};

const context = {registry: 'registry.corp', what: 'push', pull: false} as unknown as Parameters<
	typeof statusProblem
>[0];
const answerOf = (body: string): Parameters<typeof statusProblem>[1] =>
	({status: 500, headers: {}, body: Buffer.from(body)}) as unknown as Parameters<typeof statusProblem>[1];

const echoes: readonly (readonly [name: string, write: (echo: string) => string])[] = [
	['an error of the distribution API', (message) => JSON.stringify({errors: [{code: 'UNKNOWN', message}]})],
	['a page', (message) => `<html><body><p>${message}</p></body></html>`],
	['a text', (message) => message],
];

test.each(echoes)('a login that a registry sends back in %s does not show, wherever it is cut', (_name, write) => {
	const {add, scrub} = createSecrets();
	add(password, basic);
	const run = createRedactor();
	run.register(password);
	for (let before = 240; before <= 310; before += 1) {
		for (const secret of [password, basic]) {
			const answer = answerOf(write(`${'. '.repeat(before / 2)}${secret} and more${' of it'.repeat(20)}`));
			for (const clean of [scrub, run.redact]) {
				const {evidence = []} = statusProblem(context, answer, {hasLogin: true, scrub: clean}).problem;
				// The run knows the password, of which the login in base64 is a form with the user name before it.
				const known = clean === scrub ? secret : password;
				expect(shownOf(run.redact(evidence.join('\n')), known)).toBeLessThan(4);
			}
		}
	}
});

test('what the product sends back does not show either, wherever it is cut', () => {
	const run = createRedactor();
	run.register(password);
	for (let before = 370; before <= 410; before += 1) {
		const body = JSON.stringify({detail: `${'. '.repeat(before / 2)}${password}`});
		const response = {status: 500, headers: {'content-type': 'application/json'}, body};
		const {message, evidence = []} = apiError({method: 'POST', url: 'https://z.corp/x', response}).problem;
		expect(shownOf(run.redact([message, ...evidence].join('\n')), password)).toBeLessThan(4);
	}
});
