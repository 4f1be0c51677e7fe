import {execFile} from 'node:child_process';
import {mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {choose, partNames} from '../../lab/choice.ts';
import {withLock} from '../../lab/processes.ts';
import {readWords} from '../../lab/words.ts';

const minors = ['1.24', '1.34'];

test('the newest minor with a node is started where nothing else is asked for', () => {
	expect(choose({}, undefined, minors)).toEqual({minor: '1.34', node: true});
	expect(choose({minor: '1.24', node: false}, undefined, minors)).toEqual({minor: '1.24', node: false});
});

test('a lab that runs is attached to as it is, a node is added and never taken away', () => {
	expect(choose({}, {minor: '1.24', node: false}, minors)).toEqual({minor: '1.24', node: true});
	expect(choose({node: false}, {minor: '1.24', node: true}, minors)).toEqual({minor: '1.24', node: true});
});

test('another minor than the one that runs is refused with the way out', () => {
	expect(() => choose({minor: '1.24'}, {minor: '1.34', node: true}, minors)).toThrow(
		/runs Kubernetes 1\.34.*lab -- down/u,
	);
});

test('a lab without a node lacks nothing of a node', () => {
	expect(partNames({minor: '1.34', node: false})).not.toContain('kubelet');
	expect(partNames({minor: '1.34', node: true})).toEqual(expect.arrayContaining(['kubelet', 'nginx', 'token-server']));
});

test('a minor that the lab cannot build is refused by name', () => {
	expect(() => choose({minor: '9.9'}, undefined, minors)).toThrow("'9.9' is not one of the lab's: 1.24, 1.34");
	expect(() => choose({minor: ''}, undefined, minors)).toThrow(/not one of/u);
});

test('options are taken before and after the verb, and what follows exec is its own', () => {
	const small = {verb: 'up', asked: {minor: '1.24', node: false}, command: []};
	expect(readWords(['--kubernetes', '1.24', '--without-node'])).toEqual(small);
	expect(readWords(['up', '--without-node', '--kubernetes=1.24'])).toEqual(small);
	expect(readWords(['exec', 'tool', '--kubernetes', 'exec', '--help']).command).toEqual([
		...['tool', '--kubernetes', 'exec', '--help'],
	]);
	expect(readWords(['exec', '--', 'tool']).command).toEqual(['tool']);
	for (const args of [['help'], ['--help'], ['down', '-h']]) expect(readWords(args).verb).toBe('help');
});

test.for([
	['down', 'extra'],
	['able', '--json'],
	['down', '--without-node'],
	['--kubernetes', '1.24', 'exec', 'tool'],
	['down', 'exec', 'tool'],
	['exec'],
	['--kubernetes'],
	['start'],
])('%s is refused, not ignored', (args) => {
	expect(() => readWords(args)).toThrow();
});

test('from inside the lab every verb is refused', async () => {
	const main = fileURLToPath(new URL('../../lab/main.ts', import.meta.url));
	const run = await mkdtemp(join(tmpdir(), 'lab-choice-'));
	const env = {...process.env, ZENML_AIRGAP_LAB: join(run, 'lab.json'), ZENML_AIRGAP_LAB_RUN: run};
	const said = await new Promise<readonly [number, string]>((done) => {
		execFile(process.execPath, ['--import', import.meta.resolve('tsx'), main, 'down'], {env}, (error, out, err) =>
			done([Number(error?.code ?? 0), out + err]),
		);
	});
	// A down would have removed the folder.
	expect([said, await readdir(run)]).toEqual([[1, expect.stringContaining('leave it first')], []]);
	await rm(run, {recursive: true});
});

test('a lock counts while its owner runs, and neither its pid in other hands nor a broken file holds anybody up', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'lab-choice-'));
	const file = join(folder, 'lock');
	const work = () => withLock(file, async () => 'done');
	await withLock(file, async () => {
		await expect(work()).rejects.toThrow(`Process ${process.pid} is starting or ending the lab`);
		await expect(work()).rejects.toThrow(file);
	});
	for (const left of [JSON.stringify({pid: process.pid, started: '1'}), `${process.pid}`, '']) {
		await writeFile(file, left);
		expect(await work()).toBe('done');
	}
	expect(await readdir(folder)).toEqual([]);
	await rm(folder, {recursive: true});
});
