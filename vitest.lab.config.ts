import {defineConfig} from 'vitest/config';
import {leftOut} from './test/helpers/left-out.ts';

/** The suites that need the lab: `npm run lab`, then `npm run lab -- exec npx vitest run --config vitest.lab.config.ts`. */
export default defineConfig({
	test: {
		include: ['test/lab/**/*.lab.ts'],
		testTimeout: 600_000,
		hookTimeout: 300_000,
		// One lab, one database, one cluster: suites take turns.
		maxWorkers: 1,
		fileParallelism: false,
		// A machine that stalls may show a passing state that another does not; what is broken fails every time.
		retry: process.env.CI ? 2 : 0,
		reporters: ['default', leftOut()],
		env: {NODE_ENV: 'test'},
		// What is shipped is what is tried here: the packaged executable, not the sources.
		globalSetup: ['test/package/executable.ts'],
	},
});
