import {expect, test} from 'vitest';
import {nextOf} from '../../source/app/screen/screen-session.ts';
import type {Event} from '../../source/engine/events.ts';
import type {LogLevel} from '../../source/engine/plan.ts';
import type {NewEvent} from '../../source/engine/run.ts';
import {planWords} from '../../source/plans/words.ts';
import {jsonReport} from '../../source/report/json.ts';
import {plainReport} from '../../source/report/plain.ts';
import {summaryLines} from '../../source/report/summary.ts';
import {load, replaced, shortest} from '../answers/samples.ts';
import {fold, handover, stamped, started, stepInfo, trouble, wholeRun} from '../engine/events.ts';

const plain = (events: readonly NewEvent[], level: LogLevel = 'info'): string => {
	let text = '';
	const listener = plainReport(
		(part) => {
			text += part;
		},
		{level},
	);
	for (const event of stamped(events)) listener(event);
	return text;
};

test('a whole run in plain lines', () => {
	expect(plain(wholeRun)).toMatchInlineSnapshot(`
		"zenml-airgap 1.2.3, install, run r1
		[ 1/4] The bundle: checking
		        warning: The bundle is not signed.
		[ 1/4] The bundle: ok, nothing to do: 4 images (3.0 s)
		[ 2/4] The images: checking, its answers have changed
		        push zenml/api:1 (12 MiB)
		[ 2/4] The images: working
		        The registry does not answer. Trying again in 2.0 s (registry-unreachable).
		[ 2/4] The images: working, try 2
		        waiting: the registry to answer
		        zenml/api:1: pushed
		[ 2/4] The images: done (14 s)
		[ 3/4] The dns: checking
		        For the network team: DNS records
		        Please make these records.

		        --- Records (records.txt)
		        pro.corp.internal. A 10.0.0.9

		        Waiting for:
		          not yet pro.corp.internal: no such name
		[ 3/4] The dns: ok, waited for the network team: 1 name (7.0 s)
		[ 4/4] The ca: checking
		[ 4/4] The ca: cannot go on
		        The registry does not answer.
		          why:   connect ECONNREFUSED 10.0.0.5:5000
		          do:    Start it.
		          who:   you
		          code:  registry-unreachable
		[ 4/4] The ca: skipped: left out by the operator (4.0 s)
		"
	`);
});

test('a problem that is met again after a retry is told with that', () => {
	const met: NewEvent = {type: 'step-problem', step: 'ca', problem: trouble, choices: ['retry']};
	const text = plain([started, met, {type: 'step-decided', step: 'ca', decision: 'retry'}, met]);
	expect(text.match(/Tried again at \S+ \S+ UTC: the same\./gu)).toHaveLength(1);
	expect(text.lastIndexOf('Tried again')).toBeGreaterThan(text.indexOf('do:'));
});

test.each([
	['debug', ['debug line', 'info line', 'warn line', 'error line']],
	['info', ['info line', 'warn line', 'error line']],
	['warn', ['warn line', 'error line']],
	['error', ['error line']],
] as const)('with log level %s the lines are %j', (level, wanted) => {
	const lines = (['debug', 'info', 'warn', 'error'] as const).map(
		(one): NewEvent => ({type: 'step-detail', step: 'images', detail: {kind: 'line', level: one, text: `${one} line`}}),
	);
	const text = plain([started, ...lines], level);
	expect(
		text
			.split('\n')
			.slice(1, -1)
			.map((line) => line.trim()),
	).toEqual(wanted);
});

test('progress is told every five seconds, what is waited for once, things only when they change', () => {
	const detail = (one: Extract<NewEvent, {type: 'step-detail'}>['detail']): NewEvent => ({
		type: 'step-detail',
		step: 'images',
		detail: one,
	});
	const text = plain([
		started,
		{type: 'step-started', step: 'images', stale: false},
		{type: 'step-applying', step: 'images', attempt: 1},
		...Array.from({length: 11}, (_one, index) =>
			detail({kind: 'progress', label: 'api', done: index * 1024, total: 10_240, unit: 'bytes'}),
		),
		detail({kind: 'waiting', reason: 'the rollout'}),
		detail({kind: 'waiting', reason: 'the rollout'}),
		detail({kind: 'waiting', reason: 'the job'}),
		detail({kind: 'item', label: 'pod a', state: 'pending', note: 'pulling'}),
		detail({kind: 'item', label: 'pod a', state: 'bad', note: 'crashed'}),
		detail({kind: 'item', label: 'pod a', state: 'bad', note: 'crashed'}),
		detail({kind: 'item', label: 'pod a', state: 'ok', note: 'ready'}),
		detail({kind: 'item', label: 'pod a', state: 'ok', note: 'ready'}),
		detail({kind: 'item', label: 'pod a', state: 'gone', note: ''}),
	]);
	expect(text).toMatchInlineSnapshot(`
		"zenml-airgap 1.2.3, install, run r1
		[ 2/4] The images: checking
		[ 2/4] The images: working
		        api: 4.0 KiB of 10.0 KiB, 1.0 KiB/s, 6.0 s left
		        api: 9.0 KiB of 10.0 KiB, 1.0 KiB/s, 1.0 s left
		        waiting: the rollout
		        waiting: the job
		        BAD pod a: crashed
		        pod a: ready
		"
	`);
});

test('a hand-over is written out once; after that only its changes, and again in full for the next step', () => {
	const done = {...handover, awaited: [{label: 'pro.corp.internal', ok: true, note: '10.0.0.9'}]};
	const text = plain([
		started,
		{type: 'step-started', step: 'dns', stale: false},
		{type: 'step-waiting', step: 'dns', handover},
		{type: 'step-waiting', step: 'dns', handover},
		{type: 'step-waiting', step: 'dns', handover: done},
		{type: 'step-problem', step: 'dns', problem: trouble, choices: []},
		{type: 'step-started', step: 'ca', stale: true},
		{type: 'step-waiting', step: 'ca', handover: {...handover, title: 'Trust'}},
		{type: 'stopping', reason: 'it got SIGTERM'},
	]);
	expect(text).toMatchInlineSnapshot(`
		"zenml-airgap 1.2.3, install, run r1
		[ 3/4] The dns: checking
		        For the network team: DNS records
		        Please make these records.

		        --- Records (records.txt)
		        pro.corp.internal. A 10.0.0.9

		        Waiting for:
		          not yet pro.corp.internal: no such name
		        ok      pro.corp.internal: 10.0.0.9
		[ 3/4] The dns: cannot go on
		        The registry does not answer.
		          why:   connect ECONNREFUSED 10.0.0.5:5000
		          do:    Start it.
		          who:   you
		          code:  registry-unreachable
		[ 4/4] The ca: checking, its answers have changed
		        For the network team: Trust
		        Please make these records.

		        --- Records (records.txt)
		        pro.corp.internal. A 10.0.0.9

		        Waiting for:
		          not yet pro.corp.internal: no such name
		Stopping at a safe point: it got SIGTERM
		"
	`);
});

test('an event of a step that nobody announced is told by its name', () => {
	expect(plain([started, {type: 'step-applying', step: 'unheard-of', attempt: 1}])).toContain('unheard-of: working');
});

test('what an awaited thing says is told when it has changed, also where it says nothing', () => {
	const awaiting = (note: string): NewEvent => ({
		type: 'step-waiting',
		step: 'dns',
		handover: {...handover, awaited: [{label: 'pro.corp.internal', ok: false, note}]},
	});
	expect(
		plain([started, awaiting('no such name'), awaiting('')])
			.split('\n')
			.at(-2),
	).toBe('        not yet pro.corp.internal');
});

test('a command in the words about a hand-over stands in a line of its own', () => {
	const intro =
		'This writes the passwords:\nzenml-airgap handover database --with-passwords\nWhere an account is there: stop.';
	const lines = plain([started, {type: 'step-waiting', step: 'dns', handover: {...handover, intro}}]).split('\n');
	for (const line of intro.split('\n')) expect(lines).toContain(`        ${line}`);
});

test('a hand-over is written out again when its step is tried again after a problem', () => {
	const text = plain([
		started,
		{type: 'step-waiting', step: 'dns', handover},
		{type: 'step-problem', step: 'dns', problem: trouble, choices: ['retry']},
		{type: 'step-decided', step: 'dns', decision: 'retry'},
		{type: 'step-waiting', step: 'dns', handover},
	]);
	expect(text.split('For the network team')).toHaveLength(3);
});

test('progress of a quick check is not told', () => {
	const text = plain([
		{...started, steps: [stepInfo('bundle')]} as NewEvent,
		{type: 'step-started', step: 'bundle', stale: false},
		{type: 'step-detail', step: 'bundle', detail: {kind: 'progress', label: 'chart', done: 0, total: 9, unit: 'bytes'}},
	]);
	expect(text).not.toContain('0 B');
});

test('every line stands by itself: no control characters, nothing redrawn', () => {
	const words: NewEvent = {
		type: 'step-detail',
		step: 'images',
		detail: {kind: 'line', level: 'warn', text: '\u001b[31mred\u001b[0m\u0007 and\r\nmore\u001b[2J'},
	};
	const lines = plain([...wholeRun, words], 'debug').split('\n');
	expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
	expect(lines.at(-2)).toBe('        red  and  more');
});

test('JSON is one event a line, nothing else, and the same events', () => {
	let text = '';
	const listener = jsonReport((part) => {
		expect(part.endsWith('\n')).toBe(true);
		text += part;
	});
	const events = stamped([...wholeRun, {type: 'stopping', reason: 'two\nlines'}]);
	for (const event of events) listener(event);
	const lines = text.split('\n').slice(0, -1);
	const [first, ...others] = events;
	expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{...first, mode: 'install'}, ...others]);
});

test.each([
	['install', 'apply', 'install'],
	['install', 'look', 'plan'],
	['install', 'verify', 'verify'],
] as const)('scripts read the %s plan in pass %s as mode %s, in JSON and in the first line', (plan, pass, mode) => {
	const event = {...started, plan, pass} as NewEvent;
	let text = '';
	jsonReport((part) => {
		text += part;
	})(stamped([event])[0] as Event);
	expect(JSON.parse(text)).toMatchObject({mode});
	expect(plain([event])).toContain(`, ${mode}, run `);
});

const files = {
	words: planWords.install,
	resumeCommand: 'zenml-airgap install --answers a.yaml',
	logFile: '/s/logs/1.jsonl',
};
const answers = load(shortest);
const verifiedRun: readonly NewEvent[] = [
	{...started, steps: [stepInfo('verification')]} as NewEvent,
	{type: 'step-started', step: 'verification', stale: false},
	{type: 'step-detail', step: 'verification', detail: {kind: 'item', label: 'health', state: 'ok', note: '200'}},
	{type: 'step-detail', step: 'verification', detail: {kind: 'item', label: 'logs', state: 'bad', note: '1 error'}},
	{type: 'step-detail', step: 'verification', detail: {kind: 'item', label: 'pulls', state: 'pending', note: ''}},
	{type: 'step-warning', step: 'verification', text: 'one image has no digest'},
	{type: 'step-finished', step: 'verification', outcome: 'already', note: '2 servers answer', fingerprint: 'a'},
	{type: 'run-finished', outcome: 'done', exitCode: 0},
];

test('the summary of a finished install names the addresses and files', () => {
	expect(
		summaryLines(fold(verifiedRun), {...files, answers, reportFile: '/s/reports/a.txt'}).join('\n'),
	).toMatchInlineSnapshot(`
		"ZenML Pro is installed and verified, nothing had to be changed (7.0 s).
		  The verification  nothing to do: 2 servers answer

		  Dashboard  https://zenml-pro.corp.internal  (user admin)
		  Workspace  https://zenml-workspace.corp.internal  (default)
		  The first password of administrator admin was generated; read it with:
		    zenml-airgap secrets show controlPlane.admin.password
		  or, on a host without this program, with:
		    kubectl -n zenml-pro get secret zenml-airgap-generated -o jsonpath='{.data.controlPlane\\.admin\\.password}' | base64 -d

		  Keep a copy of the generated keys outside of the cluster: without them what the workspaces store cannot be read. This writes them, encrypted:
		  zenml-airgap backup escrow --out FILE
		  Make the first backup, then have it made daily:
		  zenml-airgap backup
		  zenml-airgap backup schedule

		  Report      /s/reports/a.txt
		  Log         /s/logs/1.jsonl
		  Warning     one image has no digest"
	`);
});

test('keys whose copy was confirmed are not asked for again at the end', () => {
	const kept = verifiedRun.map((event) =>
		event.type === 'step-finished' ? ({...event, keep: {keysOutside: true}} as NewEvent) : event,
	);
	const text = summaryLines(fold(kept), {...files, answers}).join('\n');
	expect(text).not.toContain('backup escrow');
	expect(text).toContain('Make the first backup');
	expect(nextOf(fold(kept), answers, files).join('\n')).not.toContain('backup escrow');
	expect(nextOf(fold(verifiedRun), answers, files).join('\n')).toContain('backup escrow');
});

test('the summary names a port that is not the usual one, and how to read a generated password', () => {
	const other = load(
		replaced('host: zenml-pro.corp.internal', 'host: zenml-pro.corp.internal\n  admin:\n    password: generate').concat(
			'ingress:\n  httpsPort: 8443\n',
		),
	);
	const text = summaryLines(fold(verifiedRun), {...files, answers: other}).join('\n');
	expect(text).toContain('https://zenml-pro.corp.internal:8443 ');
	expect(text).toContain(
		String.raw`get secret zenml-airgap-generated -o jsonpath='{.data.controlPlane\.admin\.password}' | base64 -d`,
	);
});

test('the summary tells how to read each password that was made for a user, of the cluster in use', () => {
	const organization =
		'organization:\n  users:\n    - username: ada@corp.internal\n    - username: bob\n      password: env:BOB\n';
	const cluster = 'kubernetes:\n  kubeconfig: /home/op/my kube\n  context: prod\n';
	const text = summaryLines(fold(verifiedRun), {...files, answers: load(shortest.concat(organization, cluster))}).join(
		'\n',
	);
	expect(text).toContain(
		String.raw`The first password of user ada@corp.internal, where this tool made that user, was generated; read it with:
    zenml-airgap secrets show users.ada@corp.internal.password
  or, on a host without this program, with:
    kubectl --kubeconfig '/home/op/my kube' --context prod -n zenml-pro get secret zenml-airgap-generated -o jsonpath='{.data.users\.ada_40_corp\.internal\.password}' | base64 -d`,
	);
	expect(text).not.toContain('bob');
});

test('the summary of a run of some steps claims no whole install', () => {
	const resumeWhole = 'zenml-airgap install --answers site.yaml';
	const text = summaryLines(fold(wholeRun), {...files, answers, resumeWhole}).join('\n');
	expect(text).toContain('The chosen steps are done');
	expect(text).toContain(`Go on with  ${resumeWhole}\n`);
	expect(text).not.toContain('installed and verified');
	expect(text).not.toContain('Dashboard');
});

test('the summary of a failed run tells the problem and how to go on', () => {
	const failed = fold([
		started,
		{type: 'step-started', step: 'images', stale: false},
		{type: 'step-problem', step: 'images', problem: trouble, choices: []},
		{type: 'run-finished', outcome: 'failed', exitCode: 6, problem: trouble},
	]);
	expect(summaryLines(failed, {...files, answers}).join('\n')).toMatchInlineSnapshot(`
		"Not finished (3.0 s).
		  The bundle  not begun
		  The images  problem
		  The dns     not begun
		  The ca      not begun

		The registry does not answer.
		  why:   connect ECONNREFUSED 10.0.0.5:5000
		  do:    Start it.
		  who:   you
		  code:  registry-unreachable

		  Go on with  zenml-airgap install --answers a.yaml
		  Log         /s/logs/1.jsonl"
	`);
});

test('evidence that was told at its step is not told again at the end; what no step told is', () => {
	const seen = {...trouble, evidence: ['connect ECONNREFUSED'], parts: [{...trouble, evidence: ['of a part']}]};
	const events: readonly NewEvent[] = [
		started,
		{type: 'step-started', step: 'images', stale: false},
		{type: 'step-problem', step: 'images', problem: seen, choices: []},
	];
	const end: NewEvent = {type: 'run-finished', outcome: 'failed', exitCode: 6, problem: seen};
	const told = summaryLines(fold([...events, end]), {...files, isTold: true}).join('\n');
	expect(told).toContain('  code:  registry-unreachable');
	expect(told).toContain('What was seen of it stands above');
	expect(told).not.toContain('  | ');
	for (const text of [
		summaryLines(fold([...events, end]), files).join('\n'),
		summaryLines(fold([started, end]), {...files, isTold: true}).join('\n'),
	]) {
		expect(text).toContain('  | of a part');
		expect(text).not.toContain('stands above');
	}
});

test('a look at some of the steps claims nothing of the others', () => {
	const state = fold([{...started, pass: 'verify'} as NewEvent, {type: 'run-finished', outcome: 'done', exitCode: 0}]);
	expect(summaryLines(state, files)[0]).toBe('What was looked at is as the answers say: 4 of 13 steps (1.0 s).');
});

test.each([
	['apply', 'stopped', 'Stopped after 2.0 s. What is done stays done.', true],
	['look', 'done', 'Plan made, nothing was changed (2.0 s).', false],
	['verify', 'done', 'Everything is as the answers say (2.0 s).', false],
] as const)('the summary of %s that is %s begins with %j', (pass, outcome, head, resumes) => {
	const state = fold([
		{...started, pass, planSteps: 4} as NewEvent,
		{type: 'step-todo', step: 'images', changes: [{action: 'push', target: 'a'}]},
		{type: 'run-finished', outcome, exitCode: 0},
	]);
	const lines = summaryLines(state, files);
	expect(lines[0]).toBe(head);
	expect(lines.some((line) => line.includes(' with  '))).toBe(resumes);
	if (pass === 'look') expect(lines).toContain('  The images  1 change');
});

test.each([
	['look', 'registry-unreachable', 'Not everything could be planned (3.0 s).'],
	['verify', 'registry-unreachable', 'Not everything could be verified: 1 problem (3.0 s).'],
	['verify', 'drift', 'Not everything is as the answers say: 1 difference (3.0 s).'],
] as const)('the summary of %s that met %s begins with %j, and tells what was not looked at', (pass, code, head) => {
	const problem = {...trouble, code};
	const state = fold([
		{...started, pass} as NewEvent,
		{type: 'step-started', step: 'images', stale: false},
		{type: 'step-warning', step: 'images', text: 'cannot be looked at'},
		{type: 'run-finished', outcome: 'failed', exitCode: 6, problem},
	]);
	const lines = summaryLines(state, files);
	expect(lines[0]).toBe(head);
	expect(lines).toContain('  The images  not looked at');
	expect(lines).toContain(`  Again with  ${files.resumeCommand}`);
});

test('what is to be read before the start is told in lines below its title', () => {
	const pages = [{title: 'Release notes', lines: ['Dashboards are faster.']}];
	expect(plain([...wholeRun.slice(0, 8), {type: 'step-pages', step: 'images', pages}])).toContain(
		'        --- Release notes\n        Dashboards are faster.\n',
	);
});

test('a verification tells all that it found at its end, and how many of which', () => {
	const drift = {...trouble, code: 'drift', message: 'The images differ.'} as const;
	const state = fold([
		{...started, pass: 'verify'} as NewEvent,
		{type: 'step-problem', step: 'images', problem: drift, choices: []},
		{type: 'step-problem', step: 'dns', problem: trouble, choices: []},
		{type: 'run-finished', outcome: 'failed', exitCode: 9, problem: drift},
	]);
	const lines = summaryLines(state, files);
	expect(lines[0]).toMatch(/^Not everything is as the answers say: 1 difference, 1 problem \(/u);
	expect(lines).toContain('The images differ.');
	expect(lines[2]).toMatch(/^ {2}The images +differs$/u);
	expect(lines[3]).toMatch(/^ {2}The dns +problem$/u);
	expect(lines).toContain(trouble.message);
	const looked = summaryLines({...state, pass: 'look'}, files);
	expect(looked[0]).toMatch(/^Not everything could be planned: 2 problems \(/u);
	expect(looked).toContain(trouble.message);
});

test('a plan ends with the command that makes papers for those whom it waits for, called as the program was', () => {
	const wait = (who: 'network team' | 'database admin') => [{action: 'wait' as const, target: 'that', who}];
	const events = [
		started,
		{type: 'step-todo', step: 'dns', changes: wait('network team')},
		{type: 'step-todo', step: 'images', changes: wait('database admin')},
	] as const;
	const asCalled = (command: string): string => `${command} --state-dir here`;
	const rowsOf = (pass: 'look' | 'apply') =>
		summaryLines(fold([{...started, pass} as NewEvent, ...events.slice(1)]), {...files, asCalled}).filter((line) =>
			line.includes('handover'),
		);
	expect(rowsOf('look')).toEqual(['  Papers      zenml-airgap handover database dns --state-dir here']);
	expect(rowsOf('apply')).toEqual([]);
});
