import {findTools} from './find-tools.ts';
import {dumpMysql, restoreMysql} from './mysql.ts';
import {lacksTools, placeOf, type Where} from './place.ts';
import type {LendPrograms, PodPrograms} from './pod-programs.ts';
import {dumpPostgres, restorePostgres} from './postgres.ts';
import {createHostRunner} from './run/host-runner.ts';
import type {DumpPort, DumpTools} from './types.ts';

export type {PodPrograms, ProgramsImage} from './pod-programs.ts';
export {createPodRunner, type PodShell} from './run/pod-runner.ts';

type Options = {
	/** For files with logins, while a program of this host runs; made when it is needed. */
	readonly folder: string;
	/** What programs of this host see, without secrets. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Where they are looked for (answer `backup.tools`): `auto` here, and in the cluster where none here fits. */
	readonly where?: Where;
	/** The programs in the cluster; without it there are only those of this host. */
	readonly cluster?: PodPrograms | undefined;
	/** What else helps where no program fits, beside installing one; nothing unless told. */
	readonly helps?: readonly string[];
};

/** What was found in pods, so that no second one is started for the same answer. */
const createFound = () => {
	const found = new Map<string, DumpTools>();
	return async (key: string, find: () => Promise<DumpTools>): Promise<DumpTools> => {
		const tools = found.get(key) ?? (await find());
		found.set(key, tools);
		return tools;
	};
};

/** What `find` finds; where no program fits, the problem tells what else helps. */
const helped = async <T>(helps: readonly string[], find: () => Promise<T>): Promise<T> => {
	try {
		return await find();
	} catch (error) {
		if (!lacksTools(error) || helps.length === 0) throw error;
		throw error.with({...error.problem, nextSteps: [...(error.problem.nextSteps ?? []), ...helps]});
	}
};

/** Dumps and restores by the databases' own tools. */
export const createDumps = ({folder, environment, where = 'auto', cluster: pods, helps = []}: Options): DumpPort => {
	const host = createHostRunner({folder, environment});
	const found = createFound();
	const lent = ({image}: DumpTools): LendPrograms =>
		image === undefined || pods === undefined ? async (work) => work(host) : pods.lend(image);
	const place: (...asked: Parameters<DumpPort['look']>) => ReturnType<typeof placeOf> = (facts, signal) =>
		placeOf({host, pods, where}, facts, signal);
	const lend: DumpPort['tools'] = async (_login, facts, signal) => {
		const at = await place(facts, signal);
		if (at.image === undefined) return at.tools;
		const {image, lend: borrow, lacks} = at;
		try {
			return await found(`${image} ${facts.product} ${facts.version}`, async () => ({
				...(await borrow((runner) => findTools(runner, facts, signal), signal)),
				image,
			}));
		} catch (error) {
			throw lacksTools(error) && lacks ? lacks : error;
		}
	};
	return {
		look: async (facts, signal) => {
			const at = await helped(helps, () => place(facts, signal));
			return at.image === undefined ? at.tools : {where: 'cluster', image: at.image};
		},
		tools: (...asked) => helped(helps, () => lend(...asked)),
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
