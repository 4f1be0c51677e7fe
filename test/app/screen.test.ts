import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {findAnswers, partialAnswers} from '../../source/app/answers/inputs.ts';
import type {GlobalOptions} from '../../source/app/base/context.ts';
import {createScreenSession, nextOf} from '../../source/app/screen/screen-session.ts';
import {writeJournal} from '../../source/engine/journal.ts';
import {emptyRun} from '../../source/engine/reduce.ts';
import {plans} from '../../source/plans/index.ts';
import {planWords} from '../../source/plans/words.ts';
import {summaryLines} from '../../source/report/summary.ts';
import {load, shortest} from '../answers/samples.ts';
import {keys, type OpenApp, openApp} from '../ui/helpers/screen.tsx';
import {createStage, type Stage} from './stage.ts';

let stage: Stage | undefined;
let app: OpenApp | undefined;
afterEach(async () => {
	app?.close();
	await stage?.remove();
});

test('the last page says how to log in with a password that was generated, as what is printed after it does', () => {
	const answers = load(
		shortest.replace(
			'  host: zenml-pro.corp.internal\n',
			'  host: zenml-pro.corp.internal\n  admin:\n    password: generate\n',
		),
	);
	const verification = {
		id: 'verification',
		title: 'Verification',
		why: '',
		skippable: false,
		proves: true,
		status: 'done',
		attempt: 1,
		stale: false,
		changes: [],
		warnings: [],
		progress: [],
		items: [],
		acknowledged: false,
		choices: [],
	} as const;
	const run = {...emptyRun, outcome: 'done', steps: [verification], planSteps: 1} as const;
	const words = {words: planWords.install, resumeCommand: 'again'};
	const said = nextOf(run, answers, words).join('\n');
	expect(said).toContain(`as ${answers.controlPlane.admin.username}`);
	expect(summaryLines(run, {answers, ...words, logFile: 'log'}).join('\n')).toContain(
		said.split('\n').find((line) => line.startsWith('kubectl')),
	);
	expect(said).toContain(
		'read it with:\nzenml-airgap secrets show controlPlane.admin.password\nor, on a host without this program, with:\nkubectl -n zenml-pro get secret',
	);
	const asCalled = (command: string) => `${command} --state-dir /s`;
	expect(nextOf(run, answers, {...words, asCalled}).join('\n')).toContain(
		'zenml-airgap secrets show controlPlane.admin.password --state-dir /s\n',
	);
	expect(said).toContain('backup escrow');
	expect(nextOf({...run, steps: []}, answers, words)).toEqual([]);
	expect(nextOf({...run, steps: []}, answers, {...words, resumeWhole: 'npm start'})).toEqual([
		'Go on with:\nnpm start',
	]);
	expect(nextOf({...run, outcome: 'failed'}, answers, words)).toEqual(['Go on with:\nagain']);
});

const options: GlobalOptions = {set: [], nonInteractive: false, plain: false, json: false, logLevel: 'info'};

test('the full screen asks again for a secret that an earlier run was told, and keeps it off screen and files', async () => {
	stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}});
	const {stateDirectory, context, folder} = stage;
	const answers = load(shortest.replace('tls:\n', '  username: pusher\n  password: prompt\ntls:\n'));
	await writeJournal(path.join(stateDirectory, 'state.json'), {
		schema: 3,
		plan: 'install',
		tool: '1',
		runId: 'r1',
		savedAt: 1,
		startedAt: 1,
		host: 'h',
		pid: 1,
		outcome: 'stopped',
		steps: [],
		acknowledged: [],
		answers,
	});
	const source = await findAnswers(context, options, {stateDirectory, plan: plans.install});
	const {session} = createScreenSession(context, {
		stateDirectory,
		plan: plans.install,
		loaded: partialAnswers(source),
		journal: source.journal,
		resumeCommand: 'zenml-airgap install',
	});
	app = await openApp(session);
	const shown = async (text: string): Promise<void> => {
		await expect.poll(() => app?.frame(), {timeout: 20_000}).toContain(text);
	};
	await shown('Go on with the earlier run');
	await app.press(keys.enter);
	await shown('To be typed: secrets are never kept');
	await app.press('\u0019');
	await shown('What it is: ');
	await shown('reference of a secret; the value itself never stands in the file');
	await app.press(keys.escape);
	await app.press('hunter2-secret', keys.enter);
	await shown('Review');
	// What the plan says when it is made would take the place of the next notice.
	await shown('The plan found');
	await app.press('3');
	await shown('Answers saved');
	expect(app.frames.join('\n')).not.toContain('hunter2');
	expect(context.redactor.redact('hunter2-secret')).not.toContain('hunter2');
	expect(await readFile(path.join(folder, 'zenml-airgap-answers.yaml'), 'utf8')).not.toContain('hunter2');
});

test('a start that was refused counts until somebody looks again: who then leaves does not leave with its code', async () => {
	stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}});
	const {stateDirectory, context} = stage;
	const source = await findAnswers(context, options, {stateDirectory, plan: plans.install});
	const {session, ended} = createScreenSession(context, {
		stateDirectory,
		plan: plans.install,
		loaded: partialAnswers(source),
		resumeCommand: 'zenml-airgap install',
		judge: () => {
			throw new Error('not these answers');
		},
	});
	await expect(session.start(load(shortest))).rejects.toThrow('not these answers');
	await ended.run;
	expect(ended.refused).toMatchObject({code: 'unexpected-error'});
	await session.plan(load(shortest), AbortSignal.abort(new Error('left')), () => undefined).catch(() => undefined);
	expect(ended.refused).toBeUndefined();
});
