// npm start: sets up, then opens the installer in the rehearsal.
import {spawn} from 'node:child_process';
import path from 'node:path';
import {setUp} from './setup.mjs';

const {root, node, helm} = await setUp();
const child = spawn(node, [path.join(root, 'dist', 'cli.js'), 'rehearse', ...process.argv.slice(2)], {
	stdio: 'inherit',
	env: {...process.env, ZENML_AIRGAP_START: 'npm', ZENML_AIRGAP_HELM: process.env.ZENML_AIRGAP_HELM ?? helm},
});
// The terminal sends Ctrl-C to both; the program decides what it means, this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		if (signal !== 'SIGINT') child.kill(signal);
	});
}
child.once('exit', (code, signal) => {
	process.exitCode = signal ? 1 : (code ?? 1);
});
