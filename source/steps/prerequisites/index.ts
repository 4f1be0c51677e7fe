import {type Problem, problem, toProblem} from '../../base/problem.ts';
import type {Finding} from '../../engine/plan.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {type Check, checks} from './checks.ts';

const runOne = async (
	world: World,
	{label, run}: Check,
): Promise<{readonly problems: readonly Problem[]; readonly warnings: readonly string[]}> => {
	world.report({kind: 'item', label, state: 'pending', note: ''});
	try {
		const {note, warnings = [], problems = []} = await run(world);
		world.report({kind: 'item', label, state: problems.length > 0 ? 'bad' : 'ok', note: problems[0]?.message ?? note});
		return {problems, warnings};
	} catch (error) {
		world.signal.throwIfAborted();
		const found = toProblem(error);
		world.report({kind: 'item', label, state: 'bad', note: found.message});
		return {problems: [found], warnings: []};
	}
};

/** Messages that only name a thing stand before other sentences. */
const sentence = (text: string): string => (/[.!?:]$/u.test(text) ? text : `${text}.`);

/** One problem stands for itself; several are told together under `code`, so that nobody has to come back for the second one. */
export const together = (
	all: readonly Problem[],
	{code, message: say}: {readonly code: string; readonly message: (count: number) => string} = {
		code: 'prerequisites-not-met',
		message: (count) => `${count} prerequisites are not met.`,
	},
): Problem | undefined => {
	// Two checks may run into the same wall; one telling is enough.
	const problems = all.filter(
		({code: own, message}, index) => all.findIndex((one) => one.code === own && one.message === message) === index,
	);
	const [first, ...others] = problems;
	if (!first || others.length === 0) return first;
	const sameArea = problems.every(({area}) => area === first.area);
	// A wrong answer comes first: the rest may only follow from it.
	const area = sameArea ? first.area : problems.some((one) => one.area === 'usage') ? 'usage' : 'prerequisites';
	return problem({
		code,
		area,
		who: first.who,
		message: say(problems.length),
		cause: first.message,
		fix: first.fix,
		nextSteps: others.map(({message, fix}) => `${sentence(message)} ${fix}`),
		answers: [...new Set(problems.flatMap(({answers}) => answers ?? []))],
		evidence: problems.flatMap(({message, cause, evidence}) => [
			`${sentence(message)} ${cause}`,
			...(evidence ?? []).slice(0, 4),
		]),
	});
};

const check = async (world: World): Promise<Finding> => {
	const results = await Promise.all(checks.map(async (one) => runOne(world, one)));
	const found = together(results.flatMap(({problems}) => problems));
	if (found) return {status: 'blocked', problem: found};
	return {status: 'ok', note: `${checks.length} checks`, warnings: results.flatMap(({warnings}) => warnings)};
};

/** What the guide lists under "Prerequisites", asked of the real servers before anything changes. */
export const prerequisitesStep: Step = {
	id: 'prerequisites',
	title: 'Prerequisites',
	why: 'Whatever other people have to mend is found now, all at once, and not at three in the morning.',
	area: 'prerequisites',
	// Rendering both charts reads nearly everything; what is left out only counts later.
	inputs: ({
		bundle,
		kubernetes,
		registry,
		tls,
		ingress,
		database,
		helm,
		controlPlane,
		workspaces,
		workloadManager,
	}) => ({
		bundle,
		kubernetes,
		registry,
		tls,
		ingress,
		database,
		helm: helm.binary,
		controlPlane,
		workspaces,
		workloadManager,
	}),
	retry: {
		codes: ['kubernetes-unreachable', 'registry-unreachable', 'database-unreachable'],
		attempts: 2,
		pausesMs: [1000],
	},
	timeouts: shortTimeouts,
	check,
};
