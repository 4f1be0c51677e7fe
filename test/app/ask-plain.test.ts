import {setTimeout} from 'node:timers/promises';
import {afterEach, describe, expect, test} from 'vitest';
import {type Draft, getAt} from '../../source/answers/draft.ts';
import {missingPaths, pathsNamed} from '../../source/answers/form/asking.ts';
import type {Form} from '../../source/answers/form/form.ts';
import {topics} from '../../source/answers/questions.ts';
import {askAnswers, askEntries, askTopic} from '../../source/app/plain/ask.ts';
import {plainEntries} from '../../source/app/plain/entries.ts';
import {createLooks} from '../../source/app/plain/looks.ts';
import {reviewLines} from '../../source/app/plain/pages.ts';
import {askWord, PlainLeft} from '../../source/app/plain/words.ts';
import type {Offered, Sighting} from '../../source/ui/state/session.ts';
import {plainTalk} from './plain-talk.ts';

const full: Draft = {
	registry: {host: 'registry.corp.example', username: 'pusher', password: 'env:REGISTRY_PASSWORD'},
	tls: {certificate: '/etc/pki/tls.crt', key: '/etc/pki/tls.key', ca: '/etc/pki/ca.crt'},
	database: {host: 'postgres.corp.example', admin: {username: 'postgres', password: 'file:/run/pg'}},
	controlPlane: {host: 'zenml-pro.corp.example', admin: {username: 'admin'}},
	workspaces: [{name: 'default', host: 'zenml-workspace.corp.example'}],
};

const formOf = (draft: Draft, untyped: readonly string[] = []): Form => ({draft, untyped});

let talk: ReturnType<typeof plainTalk> | undefined;
afterEach(() => talk?.lines.close());

const open = () => {
	talk = plainTalk();
	const kept: (readonly [string, string])[] = [];
	return {
		talk,
		kept,
		keep: {
			secret: (path: string, secret: string): void => {
				kept.push([path, secret]);
			},
			explain: async (path: string) => [`All about ${path}.`],
			testLogin: async () => ({ok: true, text: 'login works'}),
			offer: async (): Promise<Offered> => ({all: []}),
			looks: createLooks(async () => undefined),
		},
	};
};

const registry = {kind: 'topic', id: 'registry'} as const;

test('one question after the other is told with its why and its example, and a wrong answer is asked again', async () => {
	const {talk: shown, keep} = open();
	const {registry: _registry, ...draft} = full;
	const asked = askEntries(shown.lines, formOf(draft), {kind: 'missing', paths: ['registry.host']}, keep);
	const [question] = topics.find(({id}) => id === 'registry')?.questions ?? [];
	await shown.until(`== 2 of ${topics.length}: Registry`);
	await shown.until(question?.why ?? 'no such question');
	await shown.until('Example: ');
	const prompt = '[internal-registry.corp.example]: ';
	await shown.answer([prompt, 'https://wrong']);
	await shown.until('Not valid: ');
	await shown.answer([prompt, 'r.corp.example:5000']);
	expect((await asked).draft).toMatchObject({registry: {host: 'r.corp.example:5000'}});
});

test('generate is offered for a secret that can be made, and not for a login that exists', async () => {
	const {talk: shown, keep} = open();
	const scope = {kind: 'missing', paths: ['registry.password', 'controlPlane.admin.password']} as const;
	const asked = askEntries(shown.lines, formOf(full), scope, keep);
	await shown.until('k8s:namespace/name/key.');
	await shown.answer([']: ', '']);
	await shown.until('k8s:namespace/name/key, generate.');
	await shown.answer([']: ', '']);
	await asked;
});

test('the word test asks for a password that is not there yet and tries it, while the next question stands', async () => {
	const {talk: shown, kept, keep} = open();
	const tries: Draft[] = [];
	const end = Promise.withResolvers<{ok: boolean; text: string}>();
	const testLogin = async (draft: Draft) => {
		tries.push(draft);
		return end.promise;
	};
	const draft: Draft = {...full, registry: {host: 'registry.corp.example', username: 'pusher'}};
	const scope = {kind: 'missing', paths: ['registry.password', 'tls.key']} as const;
	const asked = askEntries(shown.lines, formOf(draft), scope, {...keep, testLogin});
	await shown.until('The word test tries this login');
	await shown.answer(['Password or token [not set]: ', 'test'], ['to test with: ', 'hunter2-secret']);
	await shown.until('Testing the login');
	await shown.answer(['[typed in, kept in memory]: ', '']);
	await shown.until('Private key [/etc/pki/tls.key]: ');
	shown.type('/new');
	await shown.until('/new');
	end.resolve({ok: false, text: 'It does not accept this login.'});
	await shown.until('Password or token: It does not accept this login.');
	await shown.until('Private key [/etc/pki/tls.key]: ');
	await shown.until('/new');
	shown.type('.key\r');
	expect(await asked).toMatchObject({draft: {registry: {password: 'prompt'}, tls: {key: '/new.key'}}});
	expect(tries.map(({registry}) => registry)).toMatchObject([{password: 'prompt'}]);
	expect(kept).toEqual([['registry.password', 'hunter2-secret']]);
	expect(shown.shown()).not.toContain('hunter2');
});

test('what an answer names is told before the next question, or before the one after it where it takes longer', async () => {
	const {talk: shown, keep} = open();
	const end = Promise.withResolvers<Sighting>();
	const looks = createLooks(async (_draft, path) => (path === 'registry.host' ? end.promise : {ok: true, text: 'PEM'}));
	const scope = {kind: 'missing', paths: ['registry.host', 'tls.certificate', 'tls.key']} as const;
	const asked = askAnswers(shown.lines, formOf(full), scope, {...keep, looks});
	await shown.answer(['Registry host [registry.corp.example]: ', 'other.corp.example']);
	await shown.until('[/etc/pki/tls.crt]: ');
	shown.type('/half');
	await shown.until('/half');
	end.resolve({ok: false, text: 'this host finds no address for other.corp.example'});
	await setTimeout(20);
	// Nobody who types is interrupted.
	expect(shown.shown()).not.toContain('finds no address');
	shown.type('.crt\r');
	await shown.until('  Warning: Registry host: this host finds no address for other.corp.example');
	await shown.until('  Certificate: PEM');
	await shown.answer(['[/etc/pki/tls.key]: ', '/own.key']);
	await shown.until('  Private key: PEM');
	await asked;
});

test('the questions end when every look has, and what was changed meanwhile is not told', async () => {
	const {talk: shown, keep} = open();
	const begun: [string, PromiseWithResolvers<Sighting>][] = [];
	const looks = createLooks(async (draft) => {
		const end = Promise.withResolvers<Sighting>();
		begun.push([String(getAt(draft, 'registry.host')), end]);
		return end.promise;
	});
	const scope = {kind: 'missing', paths: ['registry.host', 'tls.key']} as const;
	let isOver = false;
	const asked = askAnswers(shown.lines, formOf(full), scope, {...keep, looks}).then(() => {
		isOver = true;
	});
	await shown.answer(
		['[registry.corp.example]: ', 'one.example'],
		['[/etc/pki/tls.key]: ', 'back'],
		['[one.example]: ', 'two.example'],
		['[/etc/pki/tls.key]: ', ''],
	);
	await expect.poll(() => begun.map(([host]) => host)).toEqual(['one.example', 'two.example', 'two.example']);
	begun[0]?.[1].resolve({ok: false, text: 'no such name: one'});
	await setTimeout(20);
	expect(isOver).toBe(false);
	begun[1]?.[1].resolve({ok: true, text: 'two takes connections'});
	begun[2]?.[1].resolve({ok: true, text: ''});
	await shown.until('  Registry host: two takes connections');
	await asked;
	expect(shown.shown()).not.toContain('no such name');
});

test('an answer that need not be there is taken out by a dash, which is said where there is one', async () => {
	const {talk: shown, keep} = open();
	const draft: Draft = {...full, kubernetes: {kubeconfig: '/k', context: 'nosuch'}};
	const scope = {kind: 'missing', paths: ['kubernetes.context', 'network.nameServer']} as const;
	const asked = askEntries(shown.lines, formOf(draft), scope, keep);
	await shown.until('  - takes the answer out.');
	await shown.answer(['Context [nosuch]: ', '-'], ['[not set]: ', '']);
	expect((await asked).draft).toMatchObject({kubernetes: {kubeconfig: '/k'}});
	expect(getAt((await asked).draft, 'kubernetes.context')).toBeUndefined();
	expect(shown.shown().match(/takes the answer out/gu)).toHaveLength(1);
});

test('the word explain tells all that is known of the answer, and asks again', async () => {
	const {talk: shown, keep} = open();
	const {registry: _registry, ...draft} = full;
	const asked = askEntries(shown.lines, formOf(draft), {kind: 'missing', paths: ['registry.host']}, keep);
	await shown.answer([': ', 'explain']);
	await shown.until('All about registry.host.');
	await shown.answer([': ', 'r.corp.example']);
	expect((await asked).draft).toMatchObject({registry: {host: 'r.corp.example'}});
});

test('a typed secret is kept aside, is never shown, and leaves only a word in the answers', async () => {
	const {talk: shown, kept, keep} = open();
	const draft: Draft = {...full, registry: {host: 'registry.corp.example', username: 'pusher'}};
	const asked = askAnswers(shown.lines, formOf(draft), {kind: 'missing', paths: ['registry.password']}, keep);
	await shown.until('What you type is not shown.');
	await shown.answer([': ', 'hunter2']);
	expect((await asked).answers.registry.password).toBe('prompt');
	expect(kept).toEqual([['registry.password', 'hunter2']]);
	expect(shown.shown()).not.toContain('hunter2');
	expect(reviewLines((await asked).form).join('\n')).not.toContain('hunter2');
});

test('a reference in place of a secret is an answer, and Enter keeps the one that is there', async () => {
	const {talk: shown, kept, keep} = open();
	const scope = {kind: 'missing', paths: ['registry.password']} as const;
	const first = askEntries(shown.lines, formOf(full), scope, keep);
	await shown.answer(['[from env:REGISTRY_PASSWORD]: ', 'file:/run/secret']);
	const form = await first;
	expect(form.draft).toMatchObject({registry: {password: 'file:/run/secret'}});
	const second = askEntries(shown.lines, form, scope, keep);
	await shown.answer(['[from file:/run/secret]: ', '']);
	expect(await second).toEqual(form);
	expect(kept).toEqual([]);
});

test('back asks the question before again, with its answer in brackets', async () => {
	const {talk: shown, keep} = open();
	const asked = askEntries(
		shown.lines,
		formOf({}),
		{kind: 'missing', paths: ['registry.host', 'tls.certificate']},
		keep,
	);
	await shown.answer([': ', 'back']);
	await shown.until('This is the first question.');
	await shown.answer([': ', 'r1.corp.example']);
	await shown.until('== 3 of');
	await shown.answer([': ', 'back'], ['[r1.corp.example]: ', 'r2.corp.example']);
	await shown.until('== 3 of');
	await shown.answer([': ', 'quit']);
	await expect(asked).rejects.toBeInstanceOf(PlainLeft);
	expect(shown.shown()).toContain('r2.corp.example');
});

test('choices are numbered and chosen by number or word', async () => {
	for (const typed of ['2', 'REQUIRE']) {
		const {talk: shown, keep} = open();
		const asked = askEntries(shown.lines, formOf(full), {kind: 'missing', paths: ['database.tls']}, keep);
		await shown.until('  2 require');
		await shown.answer(['[verify-full]: ', 'nonsense'], ['must be one of verify-full, require, disable', typed]);
		expect((await asked).draft).toMatchObject({database: {tls: 'require'}});
		shown.lines.close();
	}
});

const atContext = {kind: 'missing', paths: ['kubernetes.context']} as const;

test('names that can be offered are told by number, and taken by number or name', async () => {
	const {talk: shown, keep} = open();
	const asks: string[] = [];
	const offer = async (_draft: Draft, path: string): Promise<Offered> => {
		asks.push(path);
		return {all: ['prod', 'test', '7']};
	};
	const asked = askEntries(shown.lines, formOf(full), atContext, {...keep, offer});
	await shown.until('Contexts of the kubeconfig, by number or name:');
	await shown.until('  2 test');
	await shown.answer([': ', '2']);
	expect((await asked).draft).toMatchObject({kubernetes: {context: 'test'}});
	expect(asks).toEqual(['kubernetes.context']);
	for (const [typed, context] of [
		['7', '7'],
		['other', 'other'],
		['4', '4'],
	] as const) {
		const again = askEntries(shown.lines, formOf(full), atContext, {...keep, offer});
		await shown.until('  3 7');
		await shown.answer([': ', typed]);
		expect((await again).draft).toMatchObject({kubernetes: {context}});
	}
});

test('a question does not wait long for names: they are told when they come, and not once it is answered', async () => {
	const {talk: shown, keep} = open();
	const late = Promise.withResolvers<Offered>();
	const asked = askEntries(shown.lines, formOf(full), atContext, {...keep, offer: async () => late.promise});
	await shown.until('Context [not set]: ');
	late.resolve({all: ['prod', 'test']});
	await shown.until('  2 test');
	shown.type('1\r');
	expect((await asked).draft).toMatchObject({kubernetes: {context: 'prod'}});
	const never = Promise.withResolvers<Offered>();
	const second = askEntries(shown.lines, formOf(full), atContext, {...keep, offer: async () => never.promise});
	await shown.answer(['Context [not set]: ', 'own']);
	await second;
	const before = shown.shown();
	never.resolve({all: ['unheard']});
	await never.promise;
	expect(shown.shown()).toBe(before);
});

test('why no names are known is told, and the answer can be typed', async () => {
	const {talk: shown, keep} = open();
	const offer = async (): Promise<Offered> => ({all: [], why: 'no answer within 5 s'});
	const scope = {kind: 'missing', paths: ['ingress.className']} as const;
	const asked = askEntries(shown.lines, formOf(full), scope, {...keep, offer});
	await shown.until('Ingress classes of the cluster are not known: no answer within 5 s');
	await shown.answer([']: ', 'own']);
	expect((await asked).draft).toMatchObject({ingress: {className: 'own'}});
});

test('Enter takes a default and does not write it down; a dash takes an answer out', async () => {
	const {talk: shown, keep} = open();
	const draft: Draft = {...full, network: {nameServer: '10.0.0.53'}};
	const paths = ['bundle.path', 'network.nameServer'];
	const asked = askEntries(shown.lines, formOf(draft), {kind: 'missing', paths}, keep);
	await shown.answer(['[./zenml-air-gapped-bundle]: ', ''], ['[10.0.0.53]: ', '-']);
	const {draft: done} = await asked;
	expect(done).not.toHaveProperty('bundle');
	expect(done).not.toHaveProperty('network.nameServer');
});

test('a list grows by yes, and back takes the new member out again', async () => {
	const {talk: shown, keep} = open();
	const asked = askEntries(shown.lines, formOf(full), {kind: 'topic', id: 'workspaces'}, keep);
	const count = plainEntries(formOf(full), {kind: 'topic', id: 'workspaces'}).length - 1;
	for (let index = 0; index < count; index += 1) await shown.answer([']: ', '']);
	await shown.answer(['Add another one? no/yes/back/quit [no]: ', 'yes'], ['(number 2)', ''], [']: ', 'back']);
	await shown.answer(['(number 2)', 'back'], ['Add another one? no/yes/back/quit [no]: ', '']);
	expect((await asked).draft).toEqual(full);
});

test('yes and no are typed by their first letters', async () => {
	const {talk: shown, keep} = open();
	const asked = askEntries(shown.lines, formOf(full), {kind: 'missing', paths: ['workloadManager.enabled']}, keep);
	await shown.answer(['Workload manager yes/no [no]: ', 'maybe'], ['must be one of yes, no', 'Y']);
	expect((await asked).draft).toMatchObject({workloadManager: {enabled: true}});
	const again = askEntries(shown.lines, await asked, {kind: 'missing', paths: ['workloadManager.enabled']}, keep);
	await shown.answer(['Workload manager yes/no [yes]: ', 'n']);
	expect((await again).draft).toMatchObject({workloadManager: {enabled: false}});
});

test('answers that are not valid together are told, and a topic is chosen where no question asks for them', async () => {
	const {talk: shown, keep} = open();
	const draft: Draft = {...full, unheard: {of: 'x'}};
	const asked = askAnswers(shown.lines, formOf(draft), {kind: 'missing', paths: []}, keep);
	await shown.until('These answers are not valid together:');
	await shown.until('unheard');
	await shown.answer(['Which topic? Its number: ', 'quit']);
	await expect(asked).rejects.toBeInstanceOf(PlainLeft);
});

test('every question that lacks an answer is asked, and the answers are valid at the end', async () => {
	const {talk: shown, keep} = open();
	const asked = askAnswers(shown.lines, formOf({}), {kind: 'missing', paths: missingPaths(formOf({}))}, keep);
	await shown.until('Example: ');
	await shown.answer(['Registry host: ', 'registry.corp.example'], ['Certificate: ', '/pki/tls.crt']);
	await shown.answer(['Private key [/pki/tls.key]: ', ''], ['CA certificate [/pki/ca.crt]: ', '']);
	await shown.answer(['[zenml-pro.corp.example]: ', ''], ['Workspace name [default]: ', '']);
	await shown.answer(['[zenml-workspace.corp.example]: ', ''], ['[mysql.corp.example]: ', 'my.corp.example']);
	const {answers} = await asked;
	expect(answers.registry.host).toBe('registry.corp.example');
	expect(answers.database.host).toBe('my.corp.example');
	expect(answers.workspaces.map(({name, host}) => [name, host])).toEqual([['default', 'zenml-workspace.corp.example']]);
});

test('a secret that was typed for an earlier run is asked for until it is typed again', async () => {
	const {talk: shown, kept, keep} = open();
	const draft: Draft = {...full, registry: {host: 'r.corp.example', username: 'u', password: 'prompt'}};
	expect(missingPaths(formOf(draft))).toEqual([]);
	const form = formOf(draft, ['registry.password']);
	const asked = askAnswers(shown.lines, form, {kind: 'missing', paths: missingPaths(form)}, keep);
	await shown.answer(['Password or token: ', '']);
	await shown.answer(['Not valid: Password or token is not kept between runs: type it again', '?']);
	await shown.answer(['Password or token: ', 'hunter2']);
	expect((await asked).form).toEqual(formOf(draft));
	expect(kept).toEqual([['registry.password', 'hunter2']]);
});

describe('words', () => {
	test('only the offered words count, their first letters too, and Enter alone means nothing unless told', async () => {
		const {talk: shown} = open();
		const word = askWord(shown.lines, 'Start?', ['yes', 'no']);
		await shown.answer(
			['Start? yes/no: ', ''],
			['Please answer yes or no.', 'maybe'],
			['Please answer yes or no.', 'Y'],
		);
		expect(await word).toBe('yes');
	});

	test('a topic is chosen by its number', async () => {
		const {talk: shown} = open();
		const topic = askTopic(shown.lines);
		await shown.answer(['Which topic? ', '99'], ['Please type a number', '2']);
		expect(await topic).toEqual(registry);
	});
});

test('a name of one answer asks for that answer alone, a name of a group for all in it, a key in a map for the map', () => {
	const asked = (path: string) =>
		plainEntries(formOf(full), {kind: 'missing', paths: pathsNamed(full, [path])}).map(({id}) => id);
	expect(asked('database.admin.password')).toEqual(['database.admin.password']);
	expect(asked('database.admin')).toContain('database.admin.username');
	expect(asked('database.admin').every((path) => path.startsWith('database.admin'))).toBe(true);
	expect(asked('workspaces.0.host')).toEqual(['workspaces.0.host']);
	expect(asked('bundle.path.deeper')).toEqual(['bundle.path']);
});
