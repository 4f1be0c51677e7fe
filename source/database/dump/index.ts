import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import {findTools} from './find-tools.ts';
import {dumpMysql, restoreMysql} from './mysql.ts';
import {dumpPostgres, restorePostgres} from './postgres.ts';
import {dumpProblems} from './problems.ts';
import {createHostRunner} from './run/host-runner.ts';
import type {Runner} from './run/runner.ts';
import type {DumpPort, DumpTools} from './types.ts';

export {createPodRunner, type PodShell} from './run/pod-runner.ts';

/** Lends the programs of a pod for as long as the work takes. @throws what the work throws; ProblemError where there is no pod */
export type LendPrograms = <Result>(work: (runner: Runner) => Promise<Result>, signal: AbortSignal) => Promise<Result>;

type Options = {
	/** For files with logins, while a program of this host runs; made when it is needed. */
	readonly folder: string;
	/** What programs of this host see, without secrets. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Where they are looked for (answer `backup.tools`): `auto` here, and in the cluster where none here fits. */
	readonly where?: 'auto' | 'host' | 'cluster';
	/** The programs in the cluster; without it there are only those of this host. */
	readonly cluster?: LendPrograms | undefined;
};

/** What this host lacks is told where the cluster has no fitting program either: it is the easier one to mend. */
const lacksTools = (error: unknown): boolean =>
	error instanceof ProblemError && error.problem.code === ('dump-tools-missing' satisfies ProblemCode);

/** Dumps and restores by the databases' own tools. */
export const createDumps = ({folder, environment, where = 'auto', cluster}: Options): DumpPort => {
	const host = createHostRunner({folder, environment});
	const lend: LendPrograms = cluster ?? (async (work) => work(host));
	const lent =
		({where: place}: DumpTools): LendPrograms =>
		async (work, signal) =>
			place === 'cluster' ? lend(work, signal) : work(host);
	return {
		tools: async (_login, facts, signal) => {
			const inCluster = async (): Promise<DumpTools> => lend((runner) => findTools(runner, facts, signal), signal);
			if (where === 'cluster') {
				if (cluster) return inCluster();
				throw dumpProblems.error('dump-tools-missing', {case: 'no cluster', ...facts});
			}
			if (where === 'host' || !cluster) return findTools(host, facts, signal);
			return findTools(host, facts, signal).catch((error: unknown) => {
				if (!lacksTools(error)) throw error;
				return inCluster().catch((other: unknown) => {
					throw lacksTools(other) ? error : other;
				});
			});
		},
		dump: async (login, options) => {
			const work = options.tools.engine === 'postgresql' ? dumpPostgres : dumpMysql;
			await lent(options.tools)((runner) => work(runner, login, options), options.signal);
		},
		restore: async (login, options) => {
			const work = options.tools.engine === 'postgresql' ? restorePostgres : restoreMysql;
			await lent(options.tools)((runner) => work(runner, login, options), options.signal);
		},
	};
};
