import {findTools} from './find-tools.ts';
import {createHostRunner} from './host-runner.ts';
import {dumpMysql, restoreMysql} from './mysql.ts';
import {dumpPostgres, restorePostgres} from './postgres.ts';
import {dumpProblems} from './problems.ts';
import type {Runner} from './runner.ts';
import type {DumpPort, DumpTools} from './types.ts';

export {createPodRunner, type PodShell} from './pod-runner.ts';

type Options = {
	/** For files with logins, while a program of this host runs; made when it is needed. */
	readonly folder: string;
	/** What programs of this host see, without secrets. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Where they are looked for (answer `backup.tools`): `auto` here, and in the cluster where none here fits. */
	readonly where?: 'auto' | 'host' | 'cluster';
	/** The programs of a pod; without it there are only those of this host. */
	readonly cluster?: Runner | undefined;
};

/** Dumps and restores by the databases' own tools. */
export const createDumps = ({folder, environment, where = 'auto', cluster}: Options): DumpPort => {
	const host = createHostRunner({folder, environment});
	const runnerOf = (tools: DumpTools): Runner => (tools.where === 'cluster' && cluster ? cluster : host);
	return {
		tools: async (_login, facts, signal) => {
			if (where === 'cluster') {
				if (cluster) return findTools(cluster, facts, signal);
				throw dumpProblems.error('dump-tools-missing', {case: 'no cluster', ...facts});
			}
			if (where === 'host' || !cluster) return findTools(host, facts, signal);
			return findTools(host, facts, signal).catch((error: unknown) => {
				signal.throwIfAborted();
				// What this host lacks is told where the cluster has none either: it is the easier one to mend.
				return findTools(cluster, facts, signal).catch(() => {
					throw error;
				});
			});
		},
		dump: (login, options) => {
			const work = options.tools.engine === 'postgresql' ? dumpPostgres : dumpMysql;
			return work(runnerOf(options.tools), login, options);
		},
		restore: (login, options) => {
			const work = options.tools.engine === 'postgresql' ? restorePostgres : restoreMysql;
			return work(runnerOf(options.tools), login, options);
		},
	};
};
