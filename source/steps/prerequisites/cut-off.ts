import type {Problem, ProblemCode} from '../../base/problem.ts';
import {stepProblems} from '../problems.ts';
import {type Asked, nameOf} from '../shared/asked.ts';
import type {Outcome} from '../shared/checks.ts';
import type {World} from '../world.ts';

/** Servers that stand apart from each other, and what is said of one that cannot be reached. */
const peers = ['cluster', 'registry', 'database'] as const satisfies readonly Asked[];

const unreached: ReadonlySet<ProblemCode> = new Set([
	'kubernetes-unreachable',
	'registry-unreachable',
	'database-unreachable',
	'database-host-unknown',
	'database-time-out',
	'check-unanswered',
	'time-out',
]);

/** Whose server a problem is about, where it is that the server cannot be reached. */
const peerOf = ({code, area}: Problem): (typeof peers)[number] | undefined =>
	unreached.has(code) ? peers.find((peer) => peer === area) : undefined;

/** Where several servers cannot be reached and none has answered, what is most likely the cause of all; it is told before them. */
export const cutOff = (
	world: World,
	{problems, answered}: Pick<Outcome, 'problems' | 'answered'>,
): readonly Problem[] => {
	const found = new Set(problems.flatMap((problem) => peerOf(problem) ?? []));
	if (found.size < 2 || peers.some((peer) => answered.includes(peer))) return [];
	const servers = peers.filter((peer) => found.has(peer)).map((peer) => nameOf(world, peer));
	return [stepProblems.problem('host-cut-off', {servers: servers.join(', ')})];
};
