import {relative} from 'node:path';
import type {Reporter, TestModule, Vitest} from 'vitest/node';

/** Says at the end, by name, which tests did not run: what a suite leaves out must not look like what it proved. */
export const leftOut = (): Reporter => {
	let chosen = false;
	return {
		onInit: (vitest: Vitest) => {
			chosen = vitest.config.testNamePattern !== undefined;
		},
		onTestRunEnd: (modules: readonly TestModule[]) => {
			// Who asks for some tests by name knows that the others did not run.
			if (chosen) return;
			const lines = modules.flatMap((module) =>
				[...module.children.allTests('skipped')].map(
					(test) => `  ${relative(process.cwd(), module.moduleId)}: ${test.fullName}`,
				),
			);
			if (lines.length > 0) process.stdout.write(`\nLeft out on this machine:\n${lines.join('\n')}\n`);
		},
	};
};
