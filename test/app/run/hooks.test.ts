import {type ChildProcess, spawn} from 'node:child_process';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {birthNow} from '../../../source/base/lock/process.ts';
import {createRedactor} from '../../../source/base/redact.ts';
import {planWords} from '../../../source/plans/words.ts';
import {summaryLines} from '../../../source/report/summary.ts';
import {stepProblems} from '../../../source/steps/problems.ts';
import {scratch, script} from '../../helm/lab.ts';
import {makeContext} from '../../helpers/world.ts';
import {fine, runWith, stepOf, warningsIn} from './hooks-stage.ts';

let folder = '';
let remove: () => Promise<void>;
const started: ChildProcess[] = [];
beforeEach(async () => {
	({folder, remove} = await scratch());
});
afterEach(async () => {
	for (const child of started.splice(0)) child.kill('SIGKILL');
	await remove();
});

const text = async (name: string): Promise<string> => readFile(path.join(folder, name), 'utf8');
const until = async (ready: () => boolean | Promise<boolean>): Promise<void> => {
	while (!(await ready())) await sleep(20);
};
const has = async (name: string): Promise<boolean> => (await readdir(folder)).includes(name);
const isGone = (pid: number): boolean => birthNow(pid) === undefined;

/** A hook that writes its news into a file of its event, one line a call. */
const writer = async () => script(folder, 'writer', `cat >> "${folder}/$ZENML_AIRGAP_HOOK"`);

const newsIn = async (name: string): Promise<readonly Record<string, unknown>[]> =>
	(await text(name))
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));

/** A step that waits for people until it was looked at three times. */
const waitsTwice = () => {
	let looks = 0;
	return stepOf(async () => {
		looks += 1;
		if (looks > 2) return {status: 'ok', note: 'there'};
		const awaited = [{label: 'pro.corp', ok: false, note: `look ${looks}`}];
		const handover = {id: 'dns', title: 'Names', who: 'network team', intro: 'Please.', sections: [], awaited} as const;
		return {
			status: 'waiting',
			handover: {...handover, pollEveryMs: 5},
			late: () =>
				stepProblems.problem('prerequisites-not-met', {count: 2, shares: 'all for you to mend', list: 'a, b'}),
		};
	}, 'dns');
};

const blocked = (message: string) =>
	stepOf(
		async () => ({
			status: 'blocked',
			problem: {
				...{code: 'disk-full', area: 'prerequisites', who: 'operator', nextSteps: []},
				...{message, cause: 'No room.', fix: 'Make room.'},
			},
		}),
		'images',
	);

const everything = (command: string) => ({
	started: {command},
	waiting: {command},
	problem: {command},
	finished: {command},
});

test('a run tells its start, each wait once and its end, as JSON of one shape on standard input', async () => {
	const report = await runWith(folder, everything(await writer()), [fine, waitsTwice()]);
	expect(report.outcome).toBe('done');
	expect(warningsIn(report.log)).toEqual([]);
	const common = {
		format: 1,
		at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u),
		site: 'zenml-pro.corp.internal',
		run: {
			id: report.state.runId,
			plan: 'install',
			title: 'Installing',
			version: '0.0.0-test',
			host: 'jump-host',
			user: 'operator',
			log: report.logFile,
		},
	};
	const lead = 'Installing zenml-pro.corp.internal from jump-host: ';
	expect(await newsIn('started')).toEqual([{...common, event: 'started', number: 1, text: `${lead}started`}]);
	expect(await newsIn('waiting')).toEqual([
		{
			...common,
			event: 'waiting',
			number: 2,
			text: `${lead}waiting for the network team: Names`,
			step: {id: 'dns', title: 'The dns'},
			handover: {
				...{id: 'dns', title: 'Names', who: 'network team', intro: 'Please.'},
				awaited: [{label: 'pro.corp', ok: false, note: 'look 1'}],
			},
		},
	]);
	expect(await newsIn('finished')).toEqual([
		{...common, event: 'finished', number: 3, text: `${lead}done`, outcome: 'done', exitCode: 0},
	]);
	expect(await has('problem')).toBe(false);
});

test('a problem is told once, with its cause and what to do, and the end says how it ended', async () => {
	const report = await runWith(folder, everything(await writer()), [fine, blocked('The disk is full.')]);
	expect(report).toMatchObject({outcome: 'failed', exitCode: 3});
	const problem = {
		...{code: 'disk-full', area: 'prerequisites', who: 'operator'},
		...{message: 'The disk is full.', cause: 'No room.', fix: 'Make room.'},
	};
	expect(await newsIn('problem')).toMatchObject([{problem, step: {id: 'images'}}]);
	expect(await newsIn('finished')).toMatchObject([{problem, outcome: 'failed', exitCode: 3}]);
});

test('a run that was stopped is no problem, and its end is told', async () => {
	const stop = new AbortController();
	const step = stepOf(async ({signal}) => {
		stop.abort(new Error('it got SIGTERM'));
		signal.throwIfAborted();
		return {status: 'ok'};
	});
	await runWith(folder, everything(await writer()), [step], {signal: stop.signal});
	expect(await newsIn('finished')).toMatchObject([{outcome: 'stopped', exitCode: 130}]);
	expect(await has('problem')).toBe(false);
});

test.each(['look', 'verify'] as const)('the pass %s calls nobody', async (pass) => {
	const report = await runWith(folder, everything(await writer()), [fine], {pass});
	expect(report.outcome).toBe('done');
	expect(await readdir(folder)).not.toEqual(expect.arrayContaining(['started']));
	expect(await has('finished')).toBe(false);
});

test('a hook gets its words as they are, no shell, and a small environment', async () => {
	const hook = await script(
		folder,
		'words',
		`for word in "$@"; do echo "<$word>"; done > ${folder}/words.txt; env | cut -d= -f1 | sort > ${folder}/names.txt`,
	);
	const context = makeContext(folder, {REGISTRY: 'hunter2hunter2', LANG: 'C.UTF-8', NODE_OPTIONS: '--inspect'});
	const command = `${hook} --room 'night shift' "$(id)" ; *`;
	await runWith(folder, {finished: {command}}, [fine], {context});
	expect(await text('words.txt')).toBe('<--room>\n<night shift>\n<$(id)>\n<;>\n<*>\n');
	const names = (await text('names.txt')).trim().split('\n');
	// The shell of the test adds some of its own.
	expect(names.filter((name) => !['_', 'OLDPWD', 'PWD', 'SHLVL'].includes(name))).toEqual([
		'LANG',
		'PATH',
		'ZENML_AIRGAP_HOOK',
	]);
});

test('no secret reaches a hook, nor what it says the log', async () => {
	const hook = await script(folder, 'echo-back', `cat > ${folder}/news; echo hunter2hunter2 >&2; exit 3`);
	const redactor = createRedactor();
	redactor.register('hunter2hunter2');
	const context = {...makeContext(folder), redactor};
	const report = await runWith(folder, {problem: {command: hook}}, [blocked('Login hunter2hunter2 was refused.')], {
		context,
	});
	expect(await text('news')).toContain('Login');
	expect(await text('news')).not.toContain('hunter2');
	expect(JSON.stringify(report.log)).not.toContain('hunter2');
	expect(warningsIn(report.log)).toHaveLength(1);
});

/** Hooks that are of no use, and what is told of them. */
const bad: readonly (readonly [name: string, body: string, words: RegExp])[] = [
	[
		'fails',
		'echo why >&2; exit 3',
		/^hooks\.started\.command: it ended with exit code 3\. The run does not stop for it$/u,
	],
	['is killed', 'kill -9 $$', /: it was ended by SIGKILL\./u],
	['hangs', 'trap "" TERM; while :; do sleep 0.05; done', /: it did not end within 1 s and was ended\./u],
	[
		'floods',
		'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done',
		/: it said more than 64\.0 KiB and was ended\./u,
	],
];

test.each(bad)('a hook that %s is told, and the run is done all the same', async (_name, body, words) => {
	const command = await script(folder, 'bad', body);
	const report = await runWith(folder, {started: {command}, timeoutSeconds: 1}, [fine]);
	expect(report).toMatchObject({outcome: 'done', exitCode: 0});
	const told = warningsIn(report.log);
	expect(told.map((one) => one.text)).toEqual([expect.stringMatching(words)]);
	const {state, logFile, leftovers} = report;
	expect(summaryLines(state, {words: planWords.install, resumeCommand: 'again', logFile, leftovers}).at(-1)).toMatch(
		/^ {2}Warning {5}hooks\.started\.command: /u,
	);
});

test('what a failing hook said is evidence in the log, without what steers a terminal', async () => {
	const command = await script(folder, 'bad', `printf 'no such room\\n\\033[2Jgone\\n' >&2; exit 1`);
	const {log} = await runWith(folder, {finished: {command}}, [fine]);
	expect(warningsIn(log)).toMatchObject([{evidence: ['no such room', '\\u{1b}[2Jgone']}]);
});

test('the same failure is told once, however often it happens', async () => {
	const command = await script(folder, 'bad', 'exit 1');
	let looks = 0;
	const flaky = stepOf(async () => {
		looks += 1;
		const {check} = blocked(`Try ${looks}.`);
		return looks < 4 ? check({} as never) : {status: 'ok'};
	});
	const controls = {
		...{acknowledged: () => false, nudged: async () => undefined},
		decide: async () => ({decision: 'retry'}) as const,
	};
	const report = await runWith(folder, {problem: {command}}, [flaky], {controls: () => controls});
	expect(report.outcome).toBe('done');
	expect(warningsIn(report.log)).toHaveLength(1);
});

test('a step goes on while a hook hangs, and what the hook started ends with it', async () => {
	const command = await script(
		folder,
		'slow',
		`sleep 300 & echo $! > ${folder}/child.new; mv ${folder}/child.new ${folder}/child; wait`,
	);
	let wasAlive = false;
	const step = stepOf(async () => {
		await until(() => has('child'));
		wasAlive = !isGone(Number(await text('child')));
		return {status: 'ok'};
	});
	const report = await runWith(folder, {started: {command}, timeoutSeconds: 1}, [step]);
	expect(report.outcome).toBe('done');
	expect(wasAlive).toBe(true);
	await until(async () => isGone(Number(await text('child'))));
});

test('what a hook leaves in the background ends with it', async () => {
	const command = await script(folder, 'leaver', `sleep 300 > /dev/null 2>&1 & echo $! > ${folder}/child`);
	const report = await runWith(folder, {started: {command}}, [fine]);
	expect(warningsIn(report.log)).toEqual([]);
	await until(async () => isGone(Number(await text('child'))));
});

test('before the first change, a run without the step that looks tells which hooks cannot work', async () => {
	await writeFile(path.join(folder, 'plain'), 'no program');
	const hooks = {
		waiting: {command: `${folder}/missing --room ops`},
		problem: {command: `${folder}/plain`},
		finished: {command: folder},
	};
	const report = await runWith(folder, hooks, [fine]);
	expect(report.outcome).toBe('done');
	expect(warningsIn(report.log).map((one) => one.text)).toEqual(
		expect.arrayContaining([
			`hooks.waiting.command: there is no ${folder}/missing. The run does not stop for it`,
			`hooks.finished.command: ${folder} is no file. The run does not stop for it`,
		]),
	);
});

test('a program that the system cannot start is told by its kind', async () => {
	await writeFile(path.join(folder, 'words'), '#!/no/such/shell\n', {mode: 0o755});
	const report = await runWith(folder, {started: {command: path.join(folder, 'words')}}, [fine]);
	expect(warningsIn(report.log)).toMatchObject([
		{text: expect.stringContaining('the system does not start it (ENOENT)')},
	]);
});

const host = fileURLToPath(new URL('hooks-host.ts', import.meta.url));

test.each<readonly [how: string, end: string, kill: (child: ChildProcess) => unknown]>([
	['kill -9', '', (child) => child.kill('SIGKILL')],
	['kill -9 of its process group', '', ({pid = 0}) => process.kill(-pid, 'SIGKILL')],
	['leaving at once', 'leave', (child) => child.stdin?.write('now\n')],
])('%s of a run leaves no hook behind', async (_how, end, kill) => {
	const command = await script(
		folder,
		'deaf',
		`trap "" TERM; sleep 300 & echo $$ $! $PPID > ${folder}/pids.new; mv ${folder}/pids.new ${folder}/pids; while :; do sleep 0.05; done`,
	);
	const child = spawn(process.execPath, [host, folder, command, end], {detached: true});
	started.push(child);
	await until(() => has('pids'));
	const pids = (await text('pids')).trim().split(' ').map(Number);
	expect(pids.filter(isGone)).toEqual([]);
	kill(child);
	await until(() => pids.every(isGone));
});
