import {describe, expect, test} from 'vitest';
import {answersSchema} from '../../source/answers/schema.ts';
import {gatherHappened} from '../../source/app/run/reports/gathered.ts';
import {systemClock} from '../../source/base/clock.ts';
import {problem} from '../../source/base/problem.ts';
import type {Event} from '../../source/engine/events.ts';
import {reduceAll} from '../../source/engine/fold.ts';
import {emptyRun} from '../../source/engine/reduce.ts';
import {changedAnswers, happenedIn} from '../../source/report/happened.ts';
import {paperHtml, paperText} from '../../source/report/paper.ts';
import {acceptancePaper, problemPaper, type RunTold, verificationPaper} from '../../source/report/run-papers.ts';

const answers = answersSchema.parse({
	registry: {host: 'registry.corp', username: 'installer', password: 'env:REGISTRY'},
	tls: {certificate: '/pki/tls.crt', key: '/pki/tls.key', ca: '/pki/ca.crt'},
	database: {host: 'db.corp'},
	controlPlane: {host: 'zenml-pro.corp.internal'},
	workspaces: [{name: 'default', host: 'zenml.corp.internal'}],
});

const info = {why: '', skippable: false, proves: false};
const steps = [
	{...info, id: 'bundle', title: 'Bundle'},
	{...info, id: 'dns', title: 'DNS'},
	{...info, id: 'verification', title: 'Verification', proves: true},
];
const begin = (pass: 'apply' | 'verify'): Event => ({
	...{type: 'run-started', at: 1000, runId: 'r1', plan: 'install', title: 'Installing', pass, version: '1.2.3'},
	...{steps, planSteps: 3},
});
const words = {
	area: 'database',
	message: 'The server <db> refuses role zenml.',
	cause: '28P01',
	fix: 'Give another.',
} as const;
const refused = problem({
	...words,
	code: 'database-login-refused',
	who: 'database admin',
	evidence: ['CREATE ROLE zenml;'],
});
const finished = (step: string, note: string, more: object = {}): Event =>
	({type: 'step-finished', at: 5000, step, outcome: 'already', note, fingerprint: 'f', ...more}) as Event;
const handover = {
	id: 'dns',
	title: 'Names',
	who: 'network team',
	intro: '',
	sections: [],
	awaited: [],
	pollEveryMs: 5,
} as const;
const events: readonly Event[] = [
	begin('apply'),
	finished('bundle', '4 images', {keep: {bundle: 'sha256:b', facts: [['Image', 'zenml-pro-api:1 sha256:aa']]}}),
	{type: 'step-problem', at: 2000, step: 'dns', problem: refused, choices: ['retry']},
	{type: 'step-decided', at: 3000, step: 'dns', decision: 'edit'},
	{type: 'step-waiting', at: 3500, step: 'dns', handover},
	finished('dns', '2 names lead here'),
	{type: 'step-warning', at: 4000, step: 'bundle', text: 'No TLS.'},
	{type: 'step-warning', at: 4000, step: 'dns', text: 'No TLS.'},
	finished('verification', '7 checks'),
	{type: 'run-finished', at: 8000, outcome: 'done', exitCode: 0},
];

const toldOf = (all: readonly Event[], more: Partial<RunTold> = {}): RunTold => ({
	state: reduceAll(emptyRun, all),
	answers,
	surroundings: [
		['Operator', 'ada on jump1'],
		['Cluster', 'https://10.0.0.1:6443'],
	],
	releases: [['Helm release zenml-pro/zenml-pro', 'revision 3, deployed, zenml-pro-0.13.0']],
	happened: all.flatMap((event) => happenedIn(event, (step) => steps.find(({id}) => id === step)?.title ?? step) ?? []),
	rehearsal: false,
	...more,
});

describe('the acceptance report', () => {
	const text = paperText(acceptancePaper(toldOf(events))).join('\n');

	test.each([
		'ada on jump1',
		'https://10.0.0.1:6443',
		'zenml-pro-api:1 sha256:aa',
		'revision 3, deployed, zenml-pro-0.13.0',
		'1970-01-01 00:00:02 UTC  DNS: problem database-login-refused: The server <db> refuses role zenml.',
		'1970-01-01 00:00:03 UTC  DNS: answers changed, then tried again',
		'DNS: waited for the network team, 2 names lead here',
		'zenml-airgap secrets show controlPlane.admin.password',
		"kubectl -n zenml-pro get secret zenml-airgap-generated -o jsonpath='{.data.controlPlane",
	])('names %s', (part) => {
		expect(text).toContain(part);
	});

	test('names the earlier run that did what this one found done, with whose it was', () => {
		const by = 'ada on jump1';
		const changedBefore = {
			bundle: {runId: 'ab12cd34', at: 500, by},
			dns: undefined,
			verification: {runId: 'older', at: 0, ended: 'waited for the database admin'},
		};
		const lines = paperText(acceptancePaper(toldOf(events, {changedBefore})));
		const at = lines.findIndex((line) => line.startsWith('Bundle: '));
		expect(lines[at + 1]).toBe('  done in run ab12cd34, 1970-01-01 00:00:00 UTC by ada on jump1');
		expect(lines).toContain('  waited for the database admin in run older, 1970-01-01 00:00:00 UTC');
		const applied = events.map((event) =>
			event.type === 'step-finished' ? ({...event, outcome: 'applied'} as Event) : event,
		);
		expect(paperText(acceptancePaper(toldOf(applied, {changedBefore}))).join('\n')).not.toContain('done in run');
	});

	test('names the command that reads a password as it is to be called', () => {
		const asCalled = (command: string) => `${command} --answers a.yaml`;
		expect(paperText(acceptancePaper(toldOf(events, {asCalled}))).join('\n')).toContain(
			'zenml-airgap secrets show controlPlane.admin.password --answers a.yaml\n',
		);
	});

	test('tells the fingerprint of the answers, each warning once, and nothing of a rehearsal', () => {
		expect(text).toMatch(/sha256:[0-9a-f]{64} \(references/u);
		expect(text.split('No TLS.')).toHaveLength(2);
		expect(text).not.toContain('REHEARSAL');
	});

	test('of a rehearsal says so at each of its parts, and across the page', () => {
		const paper = acceptancePaper(toldOf(events, {rehearsal: true}));
		const heads = paperText(paper).filter((line) => /^[A-Z][A-Z ,;]+(?: {3}|$)/u.test(line));
		expect(heads.length).toBeGreaterThan(4);
		expect(heads.every((line) => line.endsWith('*** REHEARSAL ***'))).toBe(true);
		expect(paperHtml(paper)).toContain('<div class="across">REHEARSAL</div>');
	});

	test('is one page to print without a script, in which no word is markup', () => {
		const html = paperHtml(acceptancePaper(toldOf(events)));
		expect(html).toContain('The server &lt;db&gt; refuses role zenml.');
		expect(html).not.toMatch(/<script|<db>|https?:[^<]*\.css/u);
		expect(html).toContain('@media print');
	});
});

test("what was taken as done on somebody's word stands in the result, with who and what was not seen", () => {
	const unseen = finished('dns', 'confirmed by the operator, 1 of 2 seen', {keep: {unseen: ['zenml.corp.internal']}});
	const all = events.map((event) => (event.type === 'step-finished' && event.step === 'dns' ? unseen : event));
	const happened = [{at: 4200, step: 'DNS', text: 'confirmed', confirmedBy: 'ada on jump1'}];
	const text = paperText(acceptancePaper(toldOf(all, {happened}))).join('\n');
	expect(text).toContain('RESULT\ndone, with DNS confirmed by ada on jump1, not seen: zenml.corp.internal\n');
	expect(text).toContain('DNS: taken as done, confirmed by the operator, 1 of 2 seen');
	expect(paperText(acceptancePaper(toldOf(events))).join('\n')).toContain('RESULT\ndone\n');
});

test('a wait has an end, and a confirmation says what was not seen by then', () => {
	const awaited = [
		{label: 'a.corp', ok: true, note: ''},
		{label: 'b.corp', ok: false, note: 'no record'},
	];
	const gatherer = gatherHappened(answers, {clock: systemClock, operator: 'ada on jump1'});
	const told: readonly Event[] = [
		begin('apply'),
		{type: 'step-waiting', at: 2000, step: 'dns', handover: {...handover, awaited: []}},
		{type: 'step-waiting', at: 60_000, step: 'dns', handover: {...handover, awaited}},
		{type: 'step-acknowledged', at: 182_000, step: 'dns'},
		finished('dns', 'confirmed'),
		{type: 'step-waiting', at: 200_000, step: 'verification', handover},
		{type: 'run-finished', at: 260_000, outcome: 'stopped', exitCode: 130},
	];
	for (const event of told) gatherer.listener(event);
	const text = paperText(acceptancePaper(toldOf(told, {happened: gatherer.all()}))).join('\n');
	const day = '1970-01-01 00';
	expect(text).toContain(
		`${day}:00:02 UTC  DNS: waits for the network team: Names (until ${day}:03:02 UTC, 3 min 00 s)`,
	);
	expect(text).toContain(
		`${day}:03:02 UTC  DNS: confirmed by ada on jump1: done elsewhere, 1 of 2 seen by then, not b.corp`,
	);
	expect(text).toContain(`(until ${day}:04:20 UTC, 1 min 00 s)`);
});

test('a verification that finds a difference says which', () => {
	const drift = problem({area: 'verification', code: 'drift', message: 'It differs.', cause: 'c', fix: 'f'});
	const changes = [{action: 'update', target: 'release zenml-pro', detail: 'values: zenml.replicaCount'}] as const;
	const all: readonly Event[] = [
		begin('verify'),
		{type: 'step-todo', at: 2, step: 'verification', changes},
		{type: 'step-problem', at: 3, step: 'verification', problem: drift, choices: []},
		{type: 'run-finished', at: 4, outcome: 'failed', exitCode: 9, problem: drift},
	];
	const text = paperText(verificationPaper(toldOf(all))).join('\n');
	expect(text).toMatch(/^ZENML PRO VERIFICATION REPORT\n/u);
	expect(text).toContain('RESULT\nnot everything is as the answers say: 1 difference\nIt differs.');
	expect(text).toContain('differs: update release zenml-pro (values: zenml.replicaCount)');
	// Of a change that was begun nobody knows by the plan alone whether it is still to be made.
	const applied = [begin('apply'), ...all.slice(1)];
	expect(paperText(acceptancePaper(toldOf(applied))).join('\n')).toContain('was to be done: update release zenml-pro');
});

test('the report of a problem holds all that its page shows, the answers, the surroundings and the last log', () => {
	const parts = [refused, problem({...words, code: 'disk-full', message: 'Too full.', answers: ['bundle.path']})];
	const whole = problem({...words, code: 'prerequisites-not-met', message: '2 are not met.', parts});
	const all: readonly Event[] = [
		begin('apply'),
		{type: 'step-problem', at: 2, step: 'bundle', problem: whole, choices: []},
		{type: 'step-detail', at: 3, step: 'bundle', detail: {kind: 'line', level: 'info', text: 'Traceback here'}},
	];
	const text = paperText(problemPaper(toldOf(all))).join('\n');
	expect(text).toMatch(/^ZENML-AIRGAP PROBLEM REPORT\n/u);
	for (const part of [
		...['2 are not met.', '1. The server <db>', '28P01', '| CREATE ROLE zenml;', 'code:  database-login-refused'],
		...[
			'who:   the database admin',
			'answers: bundle.path',
			'ada on jump1',
			'password: env:REGISTRY',
			'Traceback here',
		],
	])
		expect(text).toContain(part);
	expect(text.split('CREATE ROLE zenml;').length).toBe(2);
	expect(text).toContain('problem prerequisites-not-met, told above');
});

test('changed answers are told by their paths, never by what they hold', () => {
	const after = {...answers, registry: {...answers.registry, host: 'other.corp', prefix: 'x'}};
	expect(changedAnswers(answers, after)).toEqual(['registry.host', 'registry.prefix']);
	expect(changedAnswers(answers, answers)).toEqual([]);
	expect(changedAnswers({a: [1, 2]}, {a: [1, 3]})).toEqual(['a.1']);
});
