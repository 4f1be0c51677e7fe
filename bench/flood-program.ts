// The screens over a run that floods them: started by flood.ts in a terminal, with the number of lines and a log file.

import {createWriteStream} from 'node:fs';
import process from 'node:process';
import {finished} from 'node:stream/promises';
import {createStore} from '../source/app/screen/store.ts';
import {createRedactor} from '../source/base/redact.ts';
import type {Event} from '../source/engine/events.ts';
import {createFold} from '../source/engine/fold.ts';
import type {LogLevel} from '../source/engine/plan.ts';
import {plans} from '../source/plans/index.ts';
import {planWords} from '../source/plans/words.ts';
import {runApp} from '../source/ui/index.tsx';
import type {Session} from '../source/ui/state/session.ts';

const [, , count = '10000', overMs = '2000', logFile = '/dev/null'] = process.argv;
const lines = Number(count);
const duration = Number(overMs);

const redactor = createRedactor();
const secrets = Array.from({length: 8}, (_one, index) => `bench-secret-${index}-q7Zr9XvT2mLk8Wp4`);
for (const secret of secrets) redactor.register(secret);

const store = createStore();
const log = createWriteStream(logFile, {flags: 'a', mode: 0o600});
const kept = createFold();
/** The way of an event in the program: masked, folded beside the journal, written to the log, handed to the screen. */
const emit = (event: Event): void => {
	const clean = redactor.redactDeep(event);
	kept.add(clean);
	log.write(`${JSON.stringify(clean)}\n`);
	store.listener(clean);
};

const levels: readonly LogLevel[] = ['info', 'info', 'debug', 'info', 'warn', 'info', 'info', 'debug', 'info', 'error'];
const textOf = (number: number): string =>
	`flood line ${number}: pod zenml-pro-api-7c9d8f6b5-x2x${number % 10} container api ${'reads its settings and waits '.repeat(1 + (number % 4))}${
		number % 50 === 0 ? secrets[number % secrets.length] : ''
	}`;

const ended = new AbortController();
let floodMs = 0;
const flood = (): void => {
	const begun = Date.now();
	let sent = 0;
	const timer = setInterval(() => {
		const due = Math.min(lines, Math.round((lines * (Date.now() - begun)) / duration));
		for (; sent < due; sent += 1) {
			const detail = {kind: 'line', level: levels[sent % levels.length] ?? 'info', text: textOf(sent)} as const;
			emit({at: Date.now(), type: 'step-detail', step: 'control-plane', detail});
		}
		if (sent < lines) return;
		clearInterval(timer);
		floodMs = Date.now() - begun;
		// The terminal gets its time to show the last lines.
		setTimeout(() => ended.abort(), 500);
	}, 10);
};

const refuse = (): never => {
	throw new Error('the benchmark does not ask for this');
};
const ok = {ok: true, text: 'found'} as const;
const session: Session = {
	words: planWords.install,
	version: 'bench',
	rehearsal: false,
	now: () => Date.now(),
	found: async () => ({
		bundle: {...ok, path: 'bundle'},
		kubeconfig: {...ok, path: 'kubeconfig', context: 'bench', server: 'https://127.0.0.1:6443'},
		rehearsal: false,
		lines: [],
	}),
	draft: {
		registry: {host: 'registry.corp.example', username: 'pusher', password: 'env:REGISTRY_PASSWORD'},
		tls: {certificate: '/etc/pki/tls.crt', key: '/etc/pki/tls.key', ca: '/etc/pki/ca.crt'},
		database: {host: 'postgres.corp.example', admin: {username: 'postgres', password: 'file:/run/pg'}},
		controlPlane: {host: 'zenml-pro.corp.example', admin: {username: 'admin'}},
		workspaces: [{name: 'default', host: 'zenml-workspace.corp.example'}],
	},
	given: ['registry.host'],
	untyped: [],
	keepSecret: refuse,
	keepDraft: refuse,
	testLogin: refuse,
	look: refuse,
	offer: async () => ({all: []}),
	plan: async () => ({steps: []}),
	start: async () => {
		const at = Date.now();
		const steps = plans.install.stepIds.map((id) => ({
			id,
			title: id,
			why: `Why ${id} is done.`,
			skippable: false,
			proves: id === 'verification',
		}));
		emit({
			at,
			type: 'run-started',
			runId: 'bench',
			plan: 'install',
			title: 'Installing',
			pass: 'apply',
			version: 'bench',
			steps,
			planSteps: steps.length,
		});
		emit({at, type: 'step-started', step: 'control-plane', stale: false});
		emit({at, type: 'step-applying', step: 'control-plane', attempt: 1});
		setTimeout(flood, 500);
	},
	run: store,
	decide: refuse,
	acknowledge: refuse,
	checkNow: refuse,
	stop: refuse,
	saveAnswers: refuse,
	saveCopy: refuse,
	saveReport: refuse,
	explain: async () => [],
	podLook: async () => undefined,
	makePapers: refuse,
	saveHandover: refuse,
	summary: () => ({urls: [], next: [], files: []}),
};

const {stdin, stdout} = process;
await runApp(session, {stdin, stdout, signal: ended.signal, ascii: false, color: true});
log.end();
await finished(log);
const held = kept.state().log.length + kept.state().logDropped;
const {maxRSS} = process.resourceUsage();
stdout.write(`\nFLOOD ${JSON.stringify({held, floodMs, maxRssKb: maxRSS})}\n`, () => process.exit());
