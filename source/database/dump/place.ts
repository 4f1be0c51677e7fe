import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import type {DatabaseFacts} from '../types.ts';
import {findTools} from './find-tools.ts';
import type {LendPrograms, PodPrograms} from './pod-programs.ts';
import {dumpProblems} from './problems.ts';
import type {Runner} from './run/runner.ts';
import type {DumpTools} from './types.ts';
import {engineOf, packages} from './versions.ts';

/** Where the answers have the programs looked for (`backup.tools`). */
export type Where = 'auto' | 'host' | 'cluster';

type Facts = Pick<DatabaseFacts, 'product' | 'version'>;

/** Programs of this host, or an image with them; beside it what this host lacks, where it was looked at. */
export type Place =
	| {readonly tools: DumpTools; readonly image?: undefined}
	| {readonly image: string; readonly lend: LendPrograms; readonly lacks?: ProblemError | undefined};

/** What this host lacks is told where the cluster has no fitting program either: it is the easier one to mend. */
export const lacksTools = (error: unknown): error is ProblemError =>
	error instanceof ProblemError && error.problem.code === ('dump-tools-missing' satisfies ProblemCode);

/** Looks for the image with programs for a server. @throws ProblemError `dump-tools-missing`, which says why there is none */
const imageFor = async (
	pods: PodPrograms | undefined,
	facts: Facts,
	{lacks, signal}: {readonly lacks?: ProblemError | undefined; readonly signal: AbortSignal},
): Promise<Place> => {
	const {product, version} = facts;
	const found = await pods?.image(engineOf(product), signal);
	if (pods && found?.image !== undefined) return {image: found.image, lend: pods.lend(found.image), lacks};
	if (found && 'unreadable' in found && found.unreadable !== undefined)
		throw dumpProblems.error(
			'dump-tools-missing',
			{case: 'no bundle', product, version, package: packages[product], words: found.unreadable},
			{answers: ['backup.toolsImage', 'bundle.path'], ...(lacks && {evidence: [lacks.problem.cause]})},
		);
	throw lacks ?? dumpProblems.error('dump-tools-missing', {case: 'no cluster', product, version});
};

/** Looks where programs for a server are, and starts nothing in the cluster for it. @throws ProblemError `dump-tools-missing` */
export const placeOf = async (
	{host, pods, where}: {readonly host: Runner; readonly pods: PodPrograms | undefined; readonly where: Where},
	facts: Facts,
	signal: AbortSignal,
): Promise<Place> => {
	if (where === 'cluster') return imageFor(pods, facts, {signal});
	try {
		return {tools: await findTools(host, facts, signal)};
	} catch (error) {
		if (where === 'host' || !lacksTools(error)) throw error;
		return imageFor(pods, facts, {lacks: error, signal});
	}
};
