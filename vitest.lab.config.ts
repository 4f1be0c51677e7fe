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
		// As in vitest.config.ts: what is broken fails twice.
		retry: process.env.CI ? 1 : 0,
		reporters: ['default', leftOut()],
		env: {NODE_ENV: 'test'},
	},
});
