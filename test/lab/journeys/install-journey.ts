import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stringify} from 'yaml';
import type {Target} from '../api-client.ts';
import {packaged} from '../program.ts';
import type {Step} from './helm-journey.ts';
import {lookAround} from './look.ts';
import {startRecorder} from './recorder.ts';

const namespaces = ['zenml-pro', 'zenml-workspace', 'zenml-workload-manager'];

const run = async (words: readonly string[]): Promise<Pick<Step, 'code' | 'output'>> => {
	const [file = '', ...args] = await packaged(...words);
	return new Promise((resolve, reject) => {
		const child = spawn(file, args, {
			stdio: ['ignore', 'pipe', 'pipe'],
			env: {...process.env, KUBECONFIG: '', NODE_ENV: 'production'},
		});
		let output = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk: Buffer) => {
				output += chunk.toString('utf8');
			});
		child.once('error', reject);
		child.once('close', (code) => resolve({code: code ?? -1, output}));
	});
};

/** Our own install without a screen and a second run of it, with the requests that the installer and its helm made. */
export const installJourney = async (
	target: Target,
	helm: string,
	answers: Readonly<Record<string, unknown>>,
): Promise<readonly Step[]> => {
	const folder = await mkdtemp('/var/tmp/install-journey-');
	const recorder = await startRecorder(target);
	try {
		const kubeconfig = join(folder, 'kubeconfig');
		await writeFile(kubeconfig, recorder.kubeconfig, {mode: 0o600});
		const file = join(folder, 'answers.yaml');
		await writeFile(file, stringify({...answers, kubernetes: {kubeconfig}, helm: {binary: helm}}), {mode: 0o600});
		const steps: Step[] = [];
		for (const name of ['install', 'second run']) {
			const args = ['install', '--non-interactive', '--answers', file, '--state-dir', join(folder, 'state')];
			const result = await run(args);
			const exchanges = await recorder.take();
			const look = (await Promise.all(namespaces.map((namespace) => lookAround(target, namespace)))).flat();
			steps.push({name, ...result, exchanges, look});
		}
		return steps;
	} finally {
		await recorder.stop();
		await rm(folder, {recursive: true, force: true});
	}
};
