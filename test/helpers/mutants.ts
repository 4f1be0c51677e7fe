import {ProblemError} from '../../source/base/problem.ts';
import {type Random, randomFrom} from './random.ts';

const {MUTANTS, MUTANTS_FROM = '1'} = process.env;
const firstSeed = Number(MUTANTS_FROM);

/** How many mutants of a peer are met: as many as `MUTANTS` says, else the usual number. */
export const countOf = (usual: number): number => (MUTANTS === undefined ? usual : Number(MUTANTS));

/** A test's own time-out, ms: what a busy machine takes for so many. */
export const patienceMs = Math.max(120_000, countOf(0) * 1000);

/** What work ends with: `result`, or the code of a problem; anything else is thrown on. */
export const outcomeOf = async (work: () => unknown): Promise<string> => {
	try {
		await work();
		return 'result';
	} catch (error) {
		if (error instanceof ProblemError) return error.problem.code;
		throw error;
	}
};

type Meeting = {
	readonly usual: number;
	/** For one mutant, ms. */
	readonly mostMs?: number;
	readonly atOnce?: number;
	/** What this process may grow by, bytes. */
	readonly mostGrown?: number;
	/** Outcomes that show that the mutants reach far enough. */
	readonly reaches: readonly string[];
};

/** @throws Error once the time is over; the work is left to itself */
const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error(`it did not end within ${ms} ms`)), ms);
	});
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/** What was thrown, and where. */
const wordsOf = (error: unknown): string =>
	error instanceof Error ? String(error.stack).split('\n').slice(0, 8).join('\n') : String(error);

/** After so many failures the others are not met. */
const mostFailures = 10;

/**
 * Meets mutant after mutant, each by its seed. @param meet one of them, by numbers that follow from its seed; `slot` is another for each of
 * those that run at once @returns how often each outcome came @throws Error that names the seeds of all that ended otherwise
 */
export const meetAll = async (
	{usual, mostMs = 20_000, atOnce = 1, mostGrown = 512 * 2 ** 20, reaches}: Meeting,
	meet: (random: Random, slot: number) => Promise<readonly string[] | string>,
): Promise<ReadonlyMap<string, number>> => {
	const end = firstSeed + countOf(usual);
	const outcomes = new Map<string, number>();
	const failures: string[] = [];
	const settled = process.memoryUsage.rss();
	const one = async (seed: number, slot: number): Promise<void> => {
		const codes = [await within(mostMs, meet(randomFrom(seed), slot))].flat();
		for (const code of codes) outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
		if (codes.includes('unexpected-error')) throw new Error('unexpected-error');
		const grown = process.memoryUsage.rss() - settled;
		if (grown > mostGrown) throw new Error(`this process has grown by ${Math.round(grown / 2 ** 20)} MiB`);
	};
	let next = firstSeed;
	const work = async (slot: number): Promise<void> => {
		while (next < end && failures.length < mostFailures) {
			const seed = next++;
			await one(seed, slot).catch((error: unknown) => {
				failures.push(`MUTANTS_FROM=${seed} MUTANTS=1: ${wordsOf(error)}`);
			});
		}
	};
	await Promise.all(Array.from({length: atOnce}, (_none, slot) => work(slot)));
	if (failures.length > 0) throw new Error(failures.join('\n\n'));
	const missed = reaches.filter((code) => !outcomes.has(code));
	if (end - firstSeed >= usual && missed.length > 0) {
		throw new Error(`no mutant ended in ${missed.join(', ')}, but in ${[...outcomes.keys()].join(', ')}`);
	}
	return outcomes;
};
