// npm test: sets up, then types, style and every test. Arguments go to vitest: npm test -- test/engine
import {spawn} from 'node:child_process';
import path from 'node:path';
import {setUp} from './setup.mjs';

const {root, node, helm} = await setUp();
const bin = (name) => path.join(root, 'node_modules', name);
const filters = process.argv.slice(2);

const run = (title, args) =>
	new Promise((resolve, reject) => {
		process.stdout.write(`\n# ${title}\n`);
		const child = spawn(node, args, {
			cwd: root,
			stdio: 'inherit',
			env: {...process.env, ZENML_AIRGAP_HELM: process.env.ZENML_AIRGAP_HELM ?? helm},
		});
		child.once('error', reject);
		child.once('exit', (code) => resolve(code ?? 1));
	});

const suites = [
	...(filters.length > 0
		? []
		: [
				['types', [bin('typescript/bin/tsc'), '--noEmit']],
				['style', [bin('@biomejs/biome/bin/biome'), 'check', '.']],
			]),
	['tests', [bin('vitest/vitest.mjs'), 'run', ...filters]],
];
const failed = [];
for (const [title, args] of suites) {
	if ((await run(title, args)) !== 0) failed.push(title);
}
if (filters.length === 0) {
	process.stdout.write(
		'\nLeft out: the suites in test/lab, which need the lab (root, Go, Debian packages; docs/lab.md):\n' +
			'  npm run lab && npm run lab -- exec npx vitest run --config vitest.lab.config.ts; npm run lab -- down\n',
	);
}
process.stdout.write(failed.length === 0 ? '\nAll of npm test passed.\n' : `\nFailed: ${failed.join(', ')}.\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
