// npm test: sets up, then types, style and the usual tests; npm test -- --long: the long ones. Arguments go to vitest: npm test -- test/engine
import {spawn} from 'node:child_process';
import path from 'node:path';
import {setUp} from './setup.mjs';

const {root, node, helm} = await setUp();
const bin = (name) => path.join(root, 'node_modules', name);
const words = process.argv.slice(2);
const long = words.includes('--long');
const filters = words.filter((word) => word !== '--long');
/** Which tests run where no file is named. */
const tests = long ? 'long' : 'usual';

// Tests use this Helm too. Fetched here it may take its time: in a test it would have to come within the test's.
if (filters.length === 0 && helm !== 'helm') await (await import('./fetch-helm.mjs')).fetchHelm('3.18.0');

// A signal that was sent to this process alone must not leave the tests behind; the terminal's reaches them by itself.
let child;
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		stopped = true;
		if (signal !== 'SIGINT') child?.kill(signal);
	});
}

const run = (title, args) =>
	new Promise((resolve, reject) => {
		process.stdout.write(`\n# ${title}\n`);
		child = spawn(node, args, {
			cwd: root,
			stdio: 'inherit',
			env: {
				...process.env,
				ZENML_AIRGAP_HELM: process.env.ZENML_AIRGAP_HELM ?? helm,
				...(filters.length === 0 && {ZENML_AIRGAP_TESTS: tests}),
			},
		});
		child.once('error', reject);
		child.once('exit', (code) => resolve(code ?? 1));
	});

const suites = [
	...(filters.length > 0 || long
		? []
		: [
				['types', [bin('typescript/bin/tsc'), '--noEmit']],
				['style', [bin('@biomejs/biome/bin/biome'), 'check', '.']],
				['unused code', [bin('knip/bin/knip.js'), '--no-progress']],
			]),
	['tests', [bin('vitest/vitest.mjs'), 'run', ...(filters.length > 0 || long ? filters : ['--coverage'])]],
];
const failed = [];
for (const [title, args] of suites) {
	if (stopped) break;
	if ((await run(title, args)) !== 0) failed.push(title);
}
if (filters.length === 0 && !long) {
	process.stdout.write(
		'\nLeft out: the long suites (npm test -- --long), which .ci/run runs too, and those in test/lab, which need the lab (root, Go, Debian packages; docs/lab.md):\n' +
			'  npm run lab && npm run lab -- exec npx vitest run --config vitest.lab.config.ts; npm run lab -- down\n',
	);
}
const passed = failed.length === 0 && !stopped;
process.stdout.write(
	passed ? '\nAll of npm test passed.\n' : `\n${stopped ? 'Stopped' : `Failed: ${failed.join(', ')}`}.\n`,
);
process.exitCode = passed ? 0 : 1;
