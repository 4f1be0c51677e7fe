import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import {expect, onTestFinished, test} from 'vitest';
import {findPrograms} from '../../../rehearsal/client-tools/index.ts';
import type {Container, Pod} from '../../../rehearsal/kubernetes/index.ts';
import {createClientToolPods} from '../../../rehearsal/product/client-tools.ts';
import {roleOf} from '../../../rehearsal/product/containers.ts';

const never = new AbortController().signal;
const programs = await findPrograms({wanted: 'none', postgresMajor: 18});

const podOf = (container: Partial<Container>) => {
	const whole = {name: 'tools', image: 'registry.corp:5000/zenml/client-tools:1.0', ...container} as Container;
	const pod = {
		...{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'backup', namespace: 'zenml', uid: 'a-uid'}},
		spec: {containers: [whole]},
	} as unknown as Pod;
	return {pod, container: whole};
};

const stage = async () => {
	const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-pods-test-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true}));
	return {folder, pods: createClientToolPods(programs, folder, {resolve: async () => []})};
};

test('an image of client tools is told by its name', () => {
	const {pod, container} = podOf({});
	expect(roleOf(pod, container)).toBe('client-tools');
	expect(roleOf(pod, podOf({image: 'registry.corp/zenml/busybox:1'}).container)).toBe('other');
});

test('commands in a pod share its folder, which goes with the pod; a program that there is none of is not found', async () => {
	const {folder, pods} = await stage();
	const {pod} = podOf({});
	const run = async (...command: readonly string[]) => {
		const [stdout, stderr] = [new PassThrough(), new PassThrough()];
		const said = Promise.all([text(stdout), text(stderr)]);
		const code = await pods.exec(pod, {command, stdout, stderr, env: {NAME: 'value'}, signal: never});
		stdout.end();
		stderr.end();
		return {code, said: await said};
	};
	expect(await run('sh', '-c', 'echo "$NAME" > "$HOME/kept"')).toMatchObject({code: 0});
	expect(await run('sh', '-c', 'cat "$HOME/kept"')).toEqual({code: 0, said: ['value\n', '']});
	expect(await run('sh', '-c', 'pg_dump --version')).toMatchObject({code: 127});
	expect(await run('pg_dump', '--version')).toMatchObject({code: 127});
	await pods.forget(pod);
	expect(await readdir(folder)).toEqual([]);
});

test('a Job’s container runs what it is given, with the files of its volumes, and its end is that of the command', async () => {
	const {folder, pods} = await stage();
	const {pod, container} = podOf({
		command: ['sh', '-c'],
		args: ['cat /etc/backup/plan; echo "$WHERE" >&2; echo new > /backups/file && cat /backups/file; exit 7'],
		volumeMounts: [
			{name: 'plan', mountPath: '/etc/backup'},
			{name: 'backups', mountPath: '/backups/'},
		],
	} as Partial<Container>);
	const lines: string[] = [];
	const files = new Map([['/etc/backup/plan', 'the plan\n']]);
	const env = {WHERE: '/backups'};
	const end = await pods.runJob(pod, container, {files, env, signal: never, log: (line) => lines.push(line)});
	expect(end).toEqual({exit: 7});
	expect(lines).toContain('the plan');
	expect(lines).toContain('new');
	expect(lines).toContain(join(folder, 'a-uid/volumes/backups'));
	expect(await readdir(folder)).toEqual([]);
});

test('what a Job’s container leaves of itself is kept as a node keeps it: the last 4096 bytes', async () => {
	const {pods} = await stage();
	const left = async (script: string) => {
		const {pod, container} = podOf({command: ['sh', '-c'], args: [script]} as Partial<Container>);
		const run = {files: new Map(), signal: never, log: () => undefined};
		return pods.runJob(pod, container, {...run, env: {RESULT: '/dev/termination-log'}});
	};
	expect(await left('echo done > "$RESULT"')).toEqual({exit: 0, message: 'done\n'});
	expect(await left('echo why > /dev/termination-log; exit 1')).toEqual({exit: 1, message: 'why\n'});
	expect(await left('true')).toEqual({exit: 0});
	const {message = ''} = await left('{ printf "%5000s" begin; echo end; } > "$RESULT"');
	expect([message.length, message.slice(-9)]).toEqual([4096, 'beginend\n']);
});
