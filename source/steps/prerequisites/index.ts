import type {Answers} from '../../answers/schema.ts';
import type {Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {type Check, runChecks} from '../shared/checks.ts';
import {combineProblems} from '../shared/combine-problems.ts';
import {unfinished} from '../shared/marks/unfinished.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {certificates} from './certificates.ts';
import {chartValues} from './chart-values.ts';
import {clocks} from './clocks.ts';
import {cutOff} from './cut-off.ts';
import {database} from './database.ts';
import {disk} from './disk.ts';
import {helm, helmWords} from './helm.ts';
import {hooks} from './hooks.ts';
import {installedVersions, upgradedVersions} from './installed-versions.ts';
import {kubernetes} from './kubernetes.ts';
import {namespaceRules} from './namespace-rules.ts';
import {nodes} from './nodes/index.ts';
import {owners} from './owners.ts';
import {permissions} from './permissions.ts';
import {registry} from './registry.ts';
import {samePlaces} from './same-places.ts';
import {secrets} from './secrets.ts';
import {storage} from './storage.ts';
import {wayInCheck} from './way-in/index.ts';

const hasHooks = ({hooks: {started, waiting, problem, finished}}: Answers): boolean =>
	[started, waiting, problem, finished].some(({command, url}) => command !== undefined || url !== undefined);

/** All checks, in the order in which they are shown; they run side by side. */
export const prerequisites = (answers: Answers, versions = installedVersions): readonly Check[] => [
	secrets,
	certificates,
	helm,
	disk,
	kubernetes,
	versions,
	samePlaces,
	chartValues,
	permissions,
	owners,
	namespaceRules,
	wayInCheck(answers),
	nodes,
	clocks,
	registry,
	database,
	...(answers.artifacts.kind === 'none' ? [] : [storage]),
	...(hasHooks(answers) ? [hooks] : []),
];

const checkWith = async (world: World, checks: readonly Check[]): Promise<Finding> => {
	const outcome = await runChecks(world, checks);
	const {problems, warnings} = outcome;
	const problem = combineProblems([...cutOff(world, outcome), ...problems], (several, more) =>
		stepProblems.problem('prerequisites-not-met', several, more),
	);
	if (problem) return {status: 'blocked', problem};
	return {status: 'ok', note: `${checks.length} checks, ${await helmWords(world)}`, warnings};
};

/** What the guide lists under "Prerequisites", asked of the real servers before anything changes. A restore goes on with what it began. */
export const prerequisitesStep: Step = {
	id: 'prerequisites',
	title: 'Prerequisites',
	why: 'Whatever other people have to mend is found now, all at once, and not at three in the morning.',
	area: 'prerequisites',
	// Rendering both charts reads nearly everything; what is left out only counts later.
	inputs: (answers) => {
		const {bundle, kubernetes, registry, tls, ingress, database, controlPlane, workspaces, workloadManager} = answers;
		const {artifacts, hooks: called} = answers;
		const helm = answers.helm.binary;
		const userPasswords = answers.organization.users.map(({password}) => password);
		return {
			...{bundle, kubernetes, registry, tls, ingress, database, controlPlane, workspaces, workloadManager},
			artifacts,
			hooks: called,
			helm,
			userPasswords,
		};
	},
	retry: {
		codes: ['kubernetes-unreachable', 'registry-unreachable', 'database-unreachable'],
		attempts: 2,
		pausesMs: [1000],
	},
	timeouts: shortTimeouts,
	check: async (world) => checkWith(world, prerequisites(world.answers, upgradedVersions)),
};

const checkAnew = async (world: World, versions: Check): Promise<Finding> =>
	checkWith(world, [unfinished, ...prerequisites(world.answers, versions)]);

/** The same before an upgrade, which waits for the end of a way back or of a restore. */
export const upgradePrerequisitesStep: Step = {
	...prerequisitesStep,
	check: async (world) => checkAnew(world, upgradedVersions),
};

/** The same before an install, which also says that an upgrade is another command. */
export const installPrerequisitesStep: Step = {
	...prerequisitesStep,
	check: async (world) => checkAnew(world, installedVersions),
};
