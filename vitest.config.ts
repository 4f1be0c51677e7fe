import {configDefaults, defineConfig} from 'vitest/config';
import {leftOut} from './test/helpers/left-out.ts';

const all = 'test/**/*.test.{ts,tsx}';
/** Suites that start, kill and drive the whole program again and again. */
const long = 'test/**/*.long.test.ts';

/** `npm test` runs the usual ones, `npm test -- --long` the others; by its name every file can be run. */
const filesOf: Readonly<Record<string, {readonly include: string[]; readonly exclude: string[]}>> = {
	usual: {include: [all], exclude: [...configDefaults.exclude, long]},
	long: {include: [long], exclude: configDefaults.exclude},
};

export default defineConfig({
	test: {
		...(filesOf[process.env.ZENML_AIRGAP_TESTS ?? ''] ?? {include: [all]}),
		// Real databases, clusters and terminals take their time on a busy machine; a hang must still end.
		testTimeout: 120_000,
		hookTimeout: 120_000,
		// Every file starts its own servers and waits for them part of the time: on two cores a third file fills that. More make each other wait.
		maxWorkers: 3,
		// A machine that stalls for a moment may fail a journey once; what is broken fails twice.
		retry: process.env.CI ? 1 : 0,
		reporters: ['default', leftOut()],
		env: {NODE_ENV: 'test'},
		globalSetup: ['test/helpers/temporary-folder.ts', 'test/helpers/built-program.ts'],
		// Measured in a full run only (npm test); what runs in child processes does not count.
		coverage: {
			provider: 'v8',
			include: ['source/**/*.{ts,tsx}'],
			// It is only ever a process of its own.
			exclude: ['source/base/programs/keeper.ts'],
			reporter: ['text-summary'],
			thresholds: {
				'source/steps/**': {branches: 90},
				'source/engine/**': {branches: 85},
				'source/registry/**': {branches: 85},
				'source/bundle/**': {branches: 85},
				'source/charts/**': {branches: 85},
				'source/database/**': {branches: 85},
				'source/helm/**': {branches: 85},
			},
		},
	},
});
