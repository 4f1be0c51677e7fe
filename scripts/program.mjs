// Sets up, then starts the built program with this terminal: for npm start and npm run cli.
import {spawn} from 'node:child_process';
import {constants} from 'node:os';
import path from 'node:path';
import {setUp} from './setup.mjs';
import {hushTerminal} from './terminal.mjs';

/** Runs the program with these words; this process ends as it does. */
export const runProgram = async (words) => {
	const terminal = hushTerminal(words);
	process.on('exit', terminal.restore);
	let child;
	// The terminal sends Ctrl-C to both; the program decides what it means, this process only waits for it. SIGUSR1 among them: Node
	// opens its debugger on one that nobody hears.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']) {
		process.on(signal, () => {
			if (!child) process.exit(128 + constants.signals[signal]);
			if (signal !== 'SIGINT') child.kill(signal);
		});
	}
	const {root, node, helm} = await setUp();
	child = spawn(node, [path.join(root, 'dist', 'cli.js'), ...words], {
		stdio: 'inherit',
		env: {...process.env, ZENML_AIRGAP_START: 'npm', ZENML_AIRGAP_HELM: process.env.ZENML_AIRGAP_HELM ?? helm},
	});
	child.once('exit', (code, signal) => {
		process.exitCode = signal ? 128 + constants.signals[signal] : (code ?? 1);
	});
};
