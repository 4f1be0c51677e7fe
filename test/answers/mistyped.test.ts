import {expect, test} from 'vitest';
import {answered} from '../../source/answers/form/answering.ts';
import {topics} from '../../source/answers/questions.ts';
import {beginsReference} from '../../source/answers/secret/mistyped.ts';
import {heard} from '../../source/app/plain/heard.ts';
import {problemsOf, shortest} from './samples.ts';

const place = () => {
	for (const topic of topics)
		for (const question of topic.questions)
			if (question.path === 'registry.password') return {topic, question, path: question.path};
	throw new Error('nobody asks for it');
};
const form = {draft: {registry: {username: 'pusher'}}, untyped: []};

const slips = [
	['env:', 'must be env:NAME'],
	['env:9 bad-name', 'must be env:NAME'],
	['file:', 'must be file:PATH'],
	['k8s:foo', 'must be k8s:namespace/name/key'],
	['k8s:foo/bar', 'must be k8s:namespace/name/key'],
	['File:/etc/secret', 'must be in lower case'],
	['Generate', 'must be in lower case'],
	['$REGISTRY_PASSWORD', 'must be env:NAME: no shell'],
	// biome-ignore lint/suspicious/noTemplateCurlyInString: what a shell would fill in
	['${token}', 'must be env:NAME: no shell'],
	['prompt', 'must be typed here itself'],
] as const;

test.each(slips)(
	'%s at the place of a secret is refused with the right form, and never taken for the secret',
	(typed, why) => {
		const taken = answered(form, place(), typed);
		expect(taken.complaint).toContain(why);
		expect(taken.secret).toBeUndefined();
		expect(taken.form).toBe(form);
		expect(heard(form, place(), typed).complaint).toContain(why);
	},
);

test.each(['env:NAME', 'file:/x y', 'k8s:a/b/c', 'hunter2', '$money', 'environment', 'generate2', 'p$HOME'])(
	'%s is taken as it is',
	(typed) => {
		const taken = answered(form, place(), typed);
		expect(taken.complaint).toBeUndefined();
		expect(taken.form.draft).not.toEqual(form.draft);
	},
);

test.each(slips.filter(([typed]) => typed !== 'prompt'))(
	'%s in a file is told by its form, without the text',
	(typed, why) => {
		const text = shortest.replace('tls:\n', `  username: pusher\n  password: "${typed}"\ntls:\n`);
		const [problem] = problemsOf(text);
		expect(problem?.message).toContain(`registry.password ${why}`);
		expect(problem?.fix).toContain('file:PATH');
		if (typed.length > 7) expect(JSON.stringify(problem)).not.toContain(typed);
	},
);

test('only what is a reference, or begins as one, is seen while it is typed', () => {
	for (const text of ['env:', 'env:N', 'file:/x', 'k8s:a', 'generate', ' prompt'])
		expect(beginsReference(text)).toBe(true);
	for (const text of ['', 'e', 'env', 'hunter2', 'generated', 'x file:/y']) expect(beginsReference(text)).toBe(false);
});
