import {chmod, readdir, readFile, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {main} from '../../source/app/main.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import {createStage} from './stage.ts';

test('a world that is kept up is reached from other shells, breaks when asked, and ends with its signal', async () => {
	const leave = new AbortController();
	const stage = await createStage();
	await chmod(stage.folder, 0o711);
	const state = path.join(stage.folder, 'state');
	let told = '';
	const context = {
		...stage.context,
		nodeArguments: ['--import', 'tsx'],
		signal: leave.signal,
		out: (text: string) => {
			told += text;
		},
	};
	const words = ['rehearse', '--serve', '--pace', 'fast', '--mysql', 'played', '--state-dir', state];
	// What it is refused by stands where its words would.
	const served = main({...context, err: context.out}, words);
	await expect.poll(() => told, {timeout: 90_000, interval: 200}).toContain('Ctrl-C here ends it');
	const kubeconfig = /kubectl --kubeconfig (\S+) get/u.exec(told)?.[1] ?? '';
	const answers = /install --answers (\S+) /u.exec(told)?.[1] ?? '';
	expect((await stat(answers)).mode & 0o777).toBe(0o600);

	const {signal} = new AbortController();
	expect(await createCluster({kubeconfig, environment: {}} as never).version(signal)).toMatch(/^v1\./u);
	const validated = await stage.run('answers', 'validate', answers);
	expect([validated.code, validated.err]).toEqual([0, '']);

	const second = await stage.run('rehearse', '--serve', '--state-dir', state);
	expect(second.code).toBe(10);
	expect(second.err).toContain(`A rehearsal is up in ${state} already: process ${process.pid} of ada`);

	const fault = (...order: readonly string[]) => stage.run('rehearse', 'fault', ...order, '--state-dir', state);
	const file = path.join(path.dirname(kubeconfig), 'secrets', 'database-admin-password');
	const right = await readFile(file, 'utf8');
	expect((await fault('wrong-database-password', 'on')).out).toContain('Fault wrong-database-password is on:');
	expect(await readFile(file, 'utf8')).not.toBe(right);
	expect((await fault('dns-missing', 'on')).out).toContain('in the place of wrong-database-password');
	expect(await readFile(file, 'utf8')).toBe(right);
	expect((await fault('dns-missing', 'off')).out).toBe(
		'Fault dns-missing is off: the network team makes the records now.\n',
	);
	expect((await fault('dns-missing', 'off')).err).toContain('rehearsal-fault-off');
	expect((await fault('postgresql-engine', 'on')).err).toContain('rehearsal-fault-not-now');

	const plan = ['plan', '--answers', answers, '--state-dir', state];
	const planned = await stage.run(...plan);
	expect(planned.err).not.toContain('rehearsal-not-up');
	// Nothing is there yet: what verify finds is told, and its report says what it was.
	await stage.run('verify', '--answers', answers, '--state-dir', state);
	const reports = path.join(state, 'reports');
	const report = (await readdir(reports)).find((name) => /^verification-REHEARSAL-.*\.txt$/u.test(name)) ?? '';
	expect(await readFile(path.join(reports, report), 'utf8')).toContain('REHEARSAL');

	leave.abort(new Error('SIGHUP'));
	expect(await served).toBe(0);
	const late = await stage.run(...plan);
	expect(late.err).toContain('rehearsal-not-up');
	expect(late.err).toContain(`zenml-airgap rehearse --serve --state-dir ${state}`);
	await expect(createCluster({kubeconfig, environment: {}} as never).version(signal)).rejects.toThrow();
	await stage.remove();
	// Root's world lies outside of the state folder.
	await rm(path.dirname(kubeconfig), {recursive: true, force: true});
}, 240_000);
