import {afterEach, expect, test} from 'vitest';
import type {Draft} from '../../source/answers/draft.ts';
import type {Answers} from '../../source/answers/schema.ts';
import {attendPlainly} from '../../source/app/plain/attend.ts';
import {createLooks} from '../../source/app/plain/looks.ts';
import {ProblemError, problem} from '../../source/base/problem.ts';
import type {Offer} from '../../source/engine/controls.ts';
import type {Event} from '../../source/engine/events.ts';
import type {Handover} from '../../source/engine/plan.ts';
import type {TopicId} from '../../source/handover/topics.ts';
import {plainTalk} from './plain-talk.ts';

const full: Draft = {
	registry: {host: 'registry.corp.example', username: 'pusher', password: 'env:REGISTRY_PASSWORD'},
	tls: {certificate: '/etc/pki/tls.crt', key: '/etc/pki/tls.key', ca: '/etc/pki/ca.crt'},
	database: {host: 'postgres.corp.example', admin: {username: 'postgres', password: 'file:/run/pg'}},
	controlPlane: {host: 'zenml-pro.corp.example', admin: {username: 'admin'}},
	workspaces: [{name: 'default', host: 'zenml-workspace.corp.example'}],
};

let talk: ReturnType<typeof plainTalk> | undefined;
afterEach(() => talk?.lines.close());

const attend = (save?: () => Promise<string>, reminders?: Readonly<Record<string, string>>) => {
	const own = plainTalk();
	talk = own;
	const kept: (readonly [string, string])[] = [];
	const edited: Answers[] = [];
	const saved: string[] = [];
	const rung: string[] = [];
	const made: (readonly TopicId[])[] = [];
	const attendance = attendPlainly({
		lines: own.lines,
		acknowledged: ['ca'],
		form: () => ({draft: full, untyped: []}),
		edited: ({answers}) => {
			edited.push(answers);
			return answers;
		},
		ring: () => rung.push('bell'),
		keeper: {
			secret: (path, secret) => kept.push([path, secret]),
			explain: async (code) => [code, '  why      because'],
			testLogin: async () => ({ok: true, text: 'login works'}),
			offer: async () => ({all: []}),
			looks: createLooks(async () => undefined),
		},
		saveHandover: async ({id}) => {
			saved.push(id);
			return save?.() ?? '/state/handover';
		},
		saveReport: async () => {
			saved.push('report');
			return save?.() ?? '/state/reports/report.txt';
		},
		papers: {
			make: async (topics) => {
				made.push(topics);
				if (topics.includes('certificate'))
					throw new ProblemError({...refused, message: 'No room.', fix: 'Make some.'});
				const of = (topic: TopicId) => ({
					topic,
					who: 'team',
					folder: `/state/handover/${topic}`,
					files: ['a'],
					lacks: [],
				});
				return {written: topics.map(of), told: ['The notes have a blank.']};
			},
			signal: never,
		},
		reminders,
	});
	return {...attendance, talk: own, kept, edited, saved, rung, made};
};

const refused = problem({
	code: 'registry-unauthorized',
	area: 'registry',
	message: 'm',
	cause: 'c',
	fix: 'f',
	answers: ['registry.password'],
});
const choices: Offer = {choices: ['retry', 'edit', 'skip', 'quit'], ways: []};
const never = new AbortController().signal;

test.each(['retry', 'quit'] as const)('a problem is answered by the word %s', async (word) => {
	const {controls, talk: shown, rung} = attend();
	const decided = controls.decide('images', refused, choices, never);
	await shown.answer(['What now? retry/edit/skip/quit/explain/report/papers: ', word]);
	expect(await decided).toEqual({decision: word});
	expect(rung).toHaveLength(1);
});

test('the word explain tells all that is known of the problem, and asks again', async () => {
	const {controls, talk: shown} = attend();
	const decided = controls.decide('images', refused, choices, never);
	await shown.answer(['What now? ', 'explain'], ['registry-unauthorized\n  why      because', 'retry']);
	expect(await decided).toEqual({decision: 'retry'});
});

test('the word report saves a report and asks again', async () => {
	const {controls, talk: shown, saved} = attend();
	const decided = controls.decide('images', refused, choices, never);
	await shown.answer(['What now? ', 'report'], ['Report saved: /state/reports/report.txt', 'retry']);
	expect(await decided).toEqual({decision: 'retry'});
	expect(saved).toEqual(['report']);
});

test('the word papers offers those of the team that the problem is about, makes them, and asks again', async () => {
	const {controls, talk: shown, made} = attend();
	const decided = controls.decide('images', refused, choices, never);
	await shown.answer(['What now? ', 'papers'], ['Which papers? Their number, or no [2]: ', '']);
	await shown.until('/state/handover/registry (1 file)');
	await shown.until('The notes have a blank.');
	await shown.answer(['What now? ', 'papers'], ['Which papers? ', '12'], ['from 1 to 9, or no.', 'no']);
	await shown.answer(['What now? ', 'papers'], ['Which papers? ', '4']);
	await shown.until('No room.\nWhat to do: Make some.');
	await shown.answer(['What now? ', 'retry']);
	expect(await decided).toEqual({decision: 'retry'});
	expect(made).toEqual([['registry'], ['certificate']]);
});

test('where several teams are concerned their papers are offered together', async () => {
	const {controls, talk: shown, made} = attend();
	const parts = [
		{...refused, who: 'database admin' as const},
		{...refused, who: 'network team' as const},
	];
	const decided = controls.decide('prerequisites', {...refused, parts}, choices, never);
	await shown.answer(['What now? ', 'papers']);
	await shown.until('1 Those concerned here: database admin, network team');
	await shown.answer(['or no [1]: ', ''], ['What now? ', 'retry']);
	await decided;
	expect(made).toEqual([['database', 'dns']]);
});

test('skip is asked for twice, and what is not offered is no answer', async () => {
	const {controls, talk: shown} = attend();
	const decided = controls.decide('images', refused, {choices: ['retry', 'skip', 'quit'], ways: []}, never);
	await shown.answer(['What now? retry/skip/quit/explain/report/papers: ', 'edit']);
	await shown.answer(['Please answer', 'skip'], ['Really go on without this step? yes/no: ', 'no']);
	await shown.answer(['What now? ', 'skip'], ['Really go on without this step? yes/no: ', 'yes']);
	expect(await decided).toEqual({decision: 'skip'});
});

test('edit asks for the answers that the problem names, and a typed secret is not echoed', async () => {
	const {controls, talk: shown, kept, edited} = attend();
	const decided = controls.decide('images', refused, choices, never);
	await shown.answer(['What now? ', 'edit'], ['[from env:REGISTRY_PASSWORD]: ', 'n3w-secret']);
	expect(await decided).toMatchObject({decision: 'edit', answers: {registry: {password: 'prompt'}}});
	expect(kept).toEqual([['registry.password', 'n3w-secret']]);
	expect(edited).toHaveLength(1);
	expect(shown.shown()).not.toContain('n3w');
});

test('edit begins with the answer that the problem names first, whatever stands before it in the questions', async () => {
	const {controls, talk: shown, edited} = attend();
	const answers = ['database.admin.password', 'database.admin.username'];
	const decided = controls.decide('databases', {...refused, answers}, choices, never);
	await shown.answer(
		['What now? ', 'edit'],
		['[from file:/run/pg]: ', 'env:ADMIN'],
		['Database admin login [postgres]: ', 'dba'],
	);
	expect(await decided).toMatchObject({decision: 'edit'});
	expect(edited).toMatchObject([{database: {admin: {username: 'dba', password: 'env:ADMIN'}}}]);
});

const way = {
	id: 'back',
	label: 'Bring back revision 3 and its dump',
	warning: ['3 rows were written since.', 'They are lost.'],
	done: 'brought back',
};

test('a way tells what is lost, and is gone only when its word is typed once more in full', async () => {
	const {controls, talk: shown} = attend();
	const offer: Offer = {choices: ['retry', 'way', 'quit'], ways: [way]};
	const decided = controls.decide('images', refused, offer, never);
	await shown.answer(['What now? retry/back/quit/explain/report/papers: ', 'b']);
	await shown.until('They are lost.');
	await shown.answer(['Type "back" once more, in full, to do it', 'b']);
	await shown.answer(['What now? ', 'back'], ['Type "back" once more', 'yes']);
	await shown.answer(['What now? ', 'back'], ['Type "back" once more', 'back']);
	expect(await decided).toEqual({decision: 'way', way: 'back'});
	expect(shown.shown()).toContain('back: Bring back revision 3 and its dump');
});

test('leaving the questions comes back to the decision', async () => {
	const {controls, talk: shown} = attend();
	const decided = controls.decide('images', {...refused, answers: []}, choices, never);
	await shown.answer(['What now? ', 'edit'], ['Which topic? ', 'quit'], ['What now? ', 'retry']);
	expect(await decided).toEqual({decision: 'retry'});
});

test('a stop ends the question, and so does the end of the input', async () => {
	const {controls, talk: shown} = attend();
	const stop = new AbortController();
	const first = controls.decide('images', refused, choices, stop.signal);
	await shown.answer(['What now? ', 'edit']);
	await shown.until(']: ');
	stop.abort(new Error('stop'));
	await expect(first).rejects.toThrow('stop');
	const second = controls.decide('images', refused, choices, never);
	await shown.until('What now? ');
	shown.input.end();
	expect(await second).toEqual({decision: 'quit'});
});

const handover: Handover = {
	id: 'dns',
	title: 'DNS records',
	who: 'network team',
	intro: 'Send these.',
	sections: [],
	awaited: [{label: 'a.corp', ok: false, note: ''}],
	pollEveryMs: 5000,
	acknowledge: 'The records are there for all users.',
};
const waiting: Event = {type: 'step-waiting', step: 'dns', handover, at: 0};

test('a hand-over is confirmed by typing done, looked at again by look, and saved by save', async () => {
	const {controls, listener, talk: shown, saved} = attend();
	expect([controls.acknowledged('dns'), controls.acknowledged('ca')]).toEqual([false, true]);
	listener(waiting);
	await shown.until('Type done to confirm: The records are there for all users.');
	const nudged = controls.nudged(never);
	shown.type('look\r');
	await nudged;
	listener(waiting);
	shown.type('what\r');
	await shown.until('There is no "what" here.');
	shown.type('save\r');
	await shown.until('Saved in /state/handover');
	expect(saved).toEqual(['dns']);
	shown.type('done\r');
	await shown.until('Confirmed: The records are there for all users.');
	expect(controls.acknowledged('dns')).toBe(true);
	expect(shown.shown().match(/Type done/gu)).toHaveLength(1);
});

test('at a hand-over the word papers makes those of the team that it waits for', async () => {
	const {listener, talk: shown, made} = attend();
	listener(waiting);
	await shown.until('papers (for that team)');
	shown.type('papers\r');
	await shown.until('/state/handover/dns (1 file)');
	listener({type: 'step-finished', step: 'dns', outcome: 'applied', note: '', fingerprint: '', at: 1});
	listener({type: 'step-waiting', step: 'clients', handover: {...handover, who: 'operator'}, at: 2});
	await shown.until('save (these texts as files), Ctrl-C (stop).');
	shown.type('papers\r');
	await shown.until('There is no "papers" here.');
	expect(made).toEqual([['dns']]);
});

test('a rehearsal says how those are reminded whom the hand-over waits for', async () => {
	const {listener, talk: shown} = attend(undefined, {dns: 'To remind the network team: x', ca: 'To remind others: y'});
	listener(waiting);
	await shown.until('This goes on by itself');
	expect(shown.shown()).toContain('To remind the network team: x');
	expect(shown.shown()).not.toContain('To remind others');
});

test('texts that cannot be saved are told with the reason', async () => {
	const {listener, talk: shown} = attend(async () => {
		throw Object.assign(new Error('write'), {code: 'ENOSPC'});
	});
	listener(waiting);
	shown.type('save\r');
	await shown.until('Not saved: The disk is full.');
});

test.each<Event>([
	{type: 'step-todo', step: 'dns', changes: [], at: 1},
	{type: 'step-applying', step: 'dns', attempt: 1, at: 1},
])('a step that goes on to its work after $type waits for nobody: a look is not promised', async (after) => {
	const {listener, talk: shown} = attend();
	listener(waiting);
	listener(after);
	shown.type('look\r');
	await new Promise((resolve) => setImmediate(resolve));
	expect(shown.shown()).not.toContain('Looking again');
});

test('after the hand-over nothing that is typed counts any more', async () => {
	const {controls, listener, talk: shown} = attend();
	listener(waiting);
	listener({type: 'step-finished', step: 'dns', outcome: 'applied', note: '', fingerprint: '', at: 1});
	shown.type('done\r');
	await new Promise((resolve) => setImmediate(resolve));
	expect(controls.acknowledged('dns')).toBe(false);
	const {acknowledge: _acknowledge, ...unconfirmed} = handover;
	listener({type: 'step-waiting', step: 'ca', handover: unconfirmed, at: 2});
	shown.type('done\r');
	await shown.until('There is no "done" here.');
});
