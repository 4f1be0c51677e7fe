import {defineConfig} from 'vitest/config';

/** The suites that need the lab: `npm run lab`, then `npm run lab -- exec npx vitest run --config vitest.lab.config.ts`. */
export default defineConfig({
	test: {
		include: ['test/lab/**/*.lab.ts'],
		testTimeout: 600_000,
		hookTimeout: 300_000,
		// One lab, one database, one cluster: suites take turns.
		maxWorkers: 1,
		fileParallelism: false,
		env: {NODE_ENV: 'test'},
	},
});
