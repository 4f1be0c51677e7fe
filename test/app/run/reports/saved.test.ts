import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {answersSchema} from '../../../../source/answers/schema.ts';
import {mostReports, savePaper} from '../../../../source/app/run/reports/saved.ts';
import {createSession} from '../../../../source/app/session/session.ts';
import {saveFile} from '../../../../source/base/files.ts';
import {problem} from '../../../../source/base/problem.ts';
import type {Event} from '../../../../source/engine/events.ts';
import {reduceAll} from '../../../../source/engine/fold.ts';
import {writeJournal} from '../../../../source/engine/journal.ts';
import {emptyRun} from '../../../../source/engine/reduce.ts';
import {plans} from '../../../../source/plans/index.ts';
import {createStage, type Stage} from '../../stage.ts';

const canary = 'canary-7Qz-registry-password';
const answers = answersSchema.parse({
	registry: {host: 'registry.corp', username: 'installer', password: 'prompt'},
	tls: {certificate: '/pki/tls.crt', key: '/pki/tls.key', ca: '/pki/ca.crt'},
	database: {host: 'db.corp'},
	controlPlane: {host: 'zenml-pro.corp.internal'},
	workspaces: [{name: 'default', host: 'zenml.corp.internal'}],
});
const refused = problem({
	...{code: 'registry-unauthorized', area: 'registry', message: 'Refused.', cause: '401', fix: 'Another.'},
	...{evidence: [`it said ${canary}`], nextSteps: ['Look whether it is locked.']},
});
const events: readonly Event[] = [
	{
		...{type: 'run-started', at: 1, runId: 'r1', plan: 'install', title: 'Installing', pass: 'apply', version: '1'},
		...{steps: [{id: 'images', title: 'Images', why: '', skippable: false, proves: false}], planSteps: 1},
	},
	{type: 'step-detail', at: 2, step: 'images', detail: {kind: 'line', level: 'warn', text: `login as ${canary}`}},
	{type: 'step-problem', at: 3, step: 'images', problem: refused, choices: ['retry']},
];

let stage: Stage;
beforeEach(async () => {
	stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}});
});
afterEach(() => stage.remove());

test('a problem report that is saved holds the problem, and no secret that was typed', async () => {
	const {context, stateDirectory} = stage;
	const session = createSession(context, {stateDirectory, plan: plans.install, resumeCommand: 'again'});
	session.keepSecret('registry.password', canary);
	session.settle(answers);
	const file = await session.saveReport(reduceAll(emptyRun, events));
	expect(path.basename(file)).toMatch(/^problem-/u);
	const text = await readFile(file, 'utf8');
	for (const part of ['registry-unauthorized', 'Look whether it is locked.', 'it said', 'ada on ', 'login as'])
		expect(text).toContain(part);
	expect(text).not.toContain(canary);
});

test('before a run was started there is nothing to report, and that is told', async () => {
	const {context, stateDirectory} = stage;
	const session = createSession(context, {stateDirectory, plan: plans.install, resumeCommand: 'again'});
	await expect(session.saveReport(undefined)).rejects.toMatchObject({problem: {code: 'nothing-to-report'}});
});

test('the same report is made later from the state folder, to the screen or into a file', async () => {
	const {stateDirectory} = stage;
	const journal = {
		...{schema: 3 as const, plan: 'install', tool: '1', runId: 'r1', savedAt: 3, startedAt: 1, host: 'h', pid: 1},
		...{steps: [], acknowledged: [], answers, rehearsal: true},
	};
	await writeJournal(path.join(stateDirectory, 'state.json'), journal);
	const broken = '{"type":"step-pro';
	const lines = [...events.map((event) => JSON.stringify(event)), '{"type":"journal-copy-failed","at":1}', broken];
	await saveFile(path.join(stateDirectory, 'logs', 'x-r1.jsonl'), lines.join('\n'));
	const {code, out} = await stage.run('report', '--state-dir', stateDirectory);
	expect(code).toBe(0);
	expect(out).toContain('ZENML-AIRGAP PROBLEM REPORT   *** REHEARSAL ***');
	expect(out).toContain('registry-unauthorized');
	const written = await stage.run('report', '--state-dir', stateDirectory, '--out', 'ticket.txt');
	expect(written.out).toContain(path.join(stage.folder, 'ticket.txt'));
	expect(await readFile(path.join(stage.folder, 'ticket.txt'), 'utf8')).toContain('registry-unauthorized');
	// A file stands where its folder would be.
	const refused = await stage.run('report', '--state-dir', stateDirectory, '--out', 'ticket.txt/report.txt');
	expect(refused).toMatchObject({code: 2, err: expect.stringContaining('report-unwritable')});
});

/** A log as a run leaves it: its answers, then what happened. */
const logOf = async (name: string, pass: 'look' | 'verify', more: readonly Event[]): Promise<void> => {
	const program = [['Terminal', 'xterm of that run']];
	const head = {at: 1, type: 'answers', answers, program, rehearsal: false};
	const begun = events.slice(0, 1).map((event) => ({...event, pass}));
	const lines = [head, ...begun, ...more].map((one) => JSON.stringify(one));
	await saveFile(path.join(stage.stateDirectory, 'logs', name), lines.join('\n'));
};

test('a plan or a verification that met a problem is reported, where nothing was ever installed too', async () => {
	const fact = {id: 'cluster', rank: 0, label: 'Cluster', lines: ['prod, https://10.0.0.1:6443', 'version 1.34']};
	const known: readonly Event[] = [
		{type: 'plan-fact', at: 2, fact},
		{type: 'plan-facts-known', at: 2},
	];
	await logOf('2026-01-02-r2.jsonl', 'look', [...known, ...events.slice(2)]);
	const plan = await stage.run('report');
	expect(plan.out).toContain('Cluster: prod, https://10.0.0.1:6443\n  version 1.34\n');
	expect(plan.out).toContain('registry-unauthorized');
	expect(plan.out).toContain('zenml-pro.corp.internal');
	expect(plan.out.match(/^Terminal .*/gmu)).toEqual([expect.stringMatching(/ {2}xterm of that run$/u)]);
	await logOf('2026-01-03-r3.jsonl', 'verify', []);
	expect((await stage.run('report')).out).not.toContain('registry-unauthorized');
});

test('a look that met nothing does not hide the run before it that failed', async () => {
	const journal = {
		...{schema: 3 as const, plan: 'install', tool: '1', runId: 'r1', savedAt: 3, startedAt: 1, host: 'h', pid: 1},
		...{steps: [], acknowledged: [], answers},
	};
	await writeJournal(path.join(stage.stateDirectory, 'state.json'), journal);
	const lines = events.map((event) => JSON.stringify(event)).join('\n');
	await saveFile(path.join(stage.stateDirectory, 'logs', '2026-01-01-r1.jsonl'), lines);
	await logOf('2026-01-02-r2.jsonl', 'look', []);
	expect((await stage.run('report')).out).toContain('registry-unauthorized');
	await rm(path.join(stage.stateDirectory, 'state.json'));
	expect((await stage.run('report')).code).toBe(0);
});

test('without an earlier run there is no report, and its absence is told', async () => {
	const {code, err} = await stage.run('report', '--state-dir', path.join(stage.folder, 'none'));
	expect([code, err]).toEqual([2, expect.stringContaining('no-earlier-run')]);
});

test('of reports of one kind the newest are kept, and those of rehearsals push out none of the real ones', async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-papers-'));
	try {
		const paper = {title: 'A report', sections: []};
		for (const isRehearsal of [false, true])
			await savePaper(folder, {kind: 'verification', name: 'first', isRehearsal}, paper);
		for (let number = 0; number <= mostReports; number += 1)
			await savePaper(folder, {kind: 'verification', name: String(number), isRehearsal: true}, paper);
		const names = await readdir(path.join(folder, 'reports'));
		const ofRehearsals = names.filter((name) => name.startsWith('verification-REHEARSAL-'));
		expect(ofRehearsals.filter((name) => name.endsWith('.txt'))).toHaveLength(mostReports);
		expect(ofRehearsals.filter((name) => name.endsWith('.html'))).toHaveLength(mostReports);
		expect(names).not.toContain('verification-REHEARSAL-first.txt');
		expect(names).toContain('verification-first.txt');
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
});
