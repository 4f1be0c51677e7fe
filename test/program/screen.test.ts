import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {writeJournal} from '../../source/engine/state-file.ts';
import type {GlobalOptions} from '../../source/program/context.ts';
import {findAnswers, partialAnswers} from '../../source/program/inputs.ts';
import {createSession} from '../../source/program/screen.ts';
import {load, shortest} from '../answers/samples.ts';
import {keys, type OpenApp, openApp} from '../ui/helpers/screen.tsx';
import {createStage, type Stage} from './stage.ts';

let stage: Stage | undefined;
let app: OpenApp | undefined;
afterEach(async () => {
	app?.close();
	await stage?.remove();
});

const options: GlobalOptions = {set: [], nonInteractive: false, plain: false, json: false, logLevel: 'info'};

test('the full screen asks again for a secret that an earlier run was told, and keeps it off screen and files', async () => {
	stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}});
	const {stateDirectory, context, folder} = stage;
	const answers = load(shortest.replace('tls:\n', '  username: pusher\n  password: prompt\ntls:\n'));
	await writeJournal(path.join(stateDirectory, 'state.json'), {
		schema: 1,
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
	const source = await findAnswers(context, options, stateDirectory);
	const {session} = createSession(context, options, {
		stateDirectory,
		loaded: partialAnswers(source),
		...(source.journal ? {journal: source.journal} : {}),
		resumeCommand: 'zenml-airgap install',
	});
	app = await openApp(session);
	const shown = async (text: string): Promise<void> => {
		await expect.poll(() => app?.frame(), {timeout: 20_000}).toContain(text);
	};
	await shown('Go on with the earlier run');
	await app.press(keys.enter);
	await shown('Typed in an earlier run');
	await app.press('hunter2-secret', keys.enter);
	await shown('Review');
	await app.press(keys.right, keys.right, keys.enter);
	await shown('Answers saved');
	expect(app.frames.join('\n')).not.toContain('hunter2');
	expect(context.redactor.redact('hunter2-secret')).not.toContain('hunter2');
	expect(await readFile(path.join(folder, 'zenml-airgap-answers.yaml'), 'utf8')).not.toContain('hunter2');
});
