import {createServer} from 'node:net';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {contextInWorld, contextOf} from '../../source/app/base/played-world.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(() => stage.remove());

const answers = (kubeconfig: string) => ({kubernetes: {kubeconfig}}) as never;

test('the cluster of a played world makes a rehearsal of what is done there, and a real one does not', async () => {
	const server = createServer((socket) => socket.destroy());
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const {port} = server.address() as {port: number};
	await stage.write('world/rehearsal.json', JSON.stringify({ports: {kubernetes: port}}));
	await stage.write('odd/rehearsal.json', 'not JSON');
	const played = answers(path.join(stage.folder, 'world', 'kubeconfig'));
	expect(await contextInWorld(stage.context, played)).toMatchObject({rehearsal: true});
	for (const folder of ['odd', 'nowhere']) {
		const real = answers(path.join(stage.folder, folder, 'kubeconfig'));
		expect(await contextInWorld(stage.context, real)).toBe(stage.context);
	}
	await new Promise((done) => server.close(done));
	await expect(contextInWorld(stage.context, played)).rejects.toMatchObject({
		problem: {code: 'rehearsal-not-up', nextSteps: ['zenml-airgap rehearse --serve']},
	});
	// A report can be written whether it is up or not.
	expect(await contextOf(stage.context, played)).toMatchObject({rehearsal: true});
	expect(await contextOf(stage.context, answers(path.join(stage.folder, 'nowhere', 'kubeconfig')))).toBe(stage.context);
});
