import type {Answers} from '../../../answers/schema.ts';
import type {Problem} from '../../../base/problem.ts';
import {
	auditProblem,
	auditValues,
	type Effects,
	effectProblem,
	effectWarnings,
	environmentProblems,
	type Inspection,
	inspectRendered,
	leavesOf,
	nameOfPath,
	runnerProblems,
	setByChart,
	unfitValues,
	variablesIn,
	withoutVariables,
} from '../../../charts/index.ts';
import type {World} from '../../world.ts';
import {releaseEffects} from './effects.ts';
import {rootOf} from './operator-values.ts';
import {labelOf, type WantedRelease} from './wanted.ts';

/** What is wrong with a release before anything changes, and what its operator should know. */
type Audit = {readonly problems: readonly Problem[]; readonly warnings: readonly string[]};

/** What was seen in the last rendering of a release. Reading it costs as much as rendering it, and several checks look at the same. */
const seen = new WeakMap<
	WantedRelease,
	{readonly rendered: string; readonly host: string; readonly inspection: Inspection}
>();

/** What the chart makes of the values, inspected. */
export const renderRelease = async (world: World, wanted: WantedRelease): Promise<Inspection> => {
	const {helm, cluster, answers, signal} = world;
	const {component, name, namespace, chart, values} = wanted;
	const kubeVersion = await cluster.version(signal);
	const rendered = await helm.template({release: name, namespace, chart: chart.path, values, kubeVersion, signal});
	const {host} = answers.registry;
	const known = seen.get(wanted);
	if (known?.rendered === rendered && known.host === host) return known.inspection;
	const inspection = inspectRendered(rendered, {
		registryHost: host,
		carried: wanted.images && new Set(wanted.images),
		component: component === 'controlPlane' ? 'control-plane' : 'workspace',
		program: answers.helm.binary === 'auto' ? 'helm' : answers.helm.binary,
	});
	seen.set(wanted, {rendered, host, inspection});
	return inspection;
};

/** Variables of the answers that undo other answers. */
const refusedVariables = (answers: Answers, {values, operator, component}: WantedRelease): readonly Problem[] => {
	const undone = environmentProblems(component, operator?.ours ?? values);
	const workspace = answers.workspaces.find((_one, index) => component === `workspaces.${index}`);
	return workspace ? [...undone, ...runnerProblems(component, workspace.environment, answers.workloadManager)] : undone;
};

/** What can be told without helm: keys that the chart does not know, and values of the operator that undo ours. */
const refusedKeys = (answers: Answers, wanted: WantedRelease): readonly Problem[] => {
	const {contents, values, operator} = wanted;
	const unknown = auditProblem(auditValues(operator?.ours ?? values, contents), contents.metadata);
	const ours = unknown ? [unknown] : [];
	if (!operator) return [...ours, ...refusedVariables(answers, wanted)];
	const theirs = auditValues(operator.theirs, contents);
	const evidence = theirs.map(({path, suggestion}) =>
		suggestion === undefined ? path : `${path} (the chart has ${suggestion})`,
	);
	const keys = theirs.map(({path}) => path);
	return [
		...ours,
		...refusedVariables(answers, wanted),
		...operator.problems,
		...unfitValues('unknown keys', keys, operator, evidence),
	];
};

/** Keys without effect: those that the answers make are the chart's fault, others the operator's. */
const refusedEffects = (effects: Effects, {contents, values, operator}: WantedRelease): readonly Problem[] => {
	const made = new Set(leavesOf(operator?.ours ?? values).map(({path}) => nameOfPath(path)));
	const ours = effects.dead.filter((key) => made.has(key));
	const theirs = effects.dead.filter((key) => !made.has(key));
	return [
		...effectProblem({...effects, dead: ours}, contents.metadata),
		...(operator ? unfitValues('no effect', theirs, operator) : []),
	];
};

/** Names of all variables that the operator gives. */
const operatorVariables = (wanted: WantedRelease): readonly string[] => {
	const {variables = [], operator} = wanted;
	return [...variables, ...variablesIn(operator?.theirs, rootOf(wanted))];
};

/** Without the operator's variables, which may keep keys without effect, and are told by themselves. */
const withoutTheirs = (wanted: WantedRelease): WantedRelease => {
	const names = operatorVariables(wanted);
	return names.length === 0 ? wanted : {...wanted, values: withoutVariables(wanted.values, rootOf(wanted), names)};
};

/** Variables that the operator gives and the chart sets too: seen by leaving them out. */
const replacedVariables = async (world: World, wanted: WantedRelease): Promise<readonly string[]> => {
	const names = operatorVariables(wanted);
	if (names.length === 0) return [];
	const replaced = setByChart((await renderRelease(world, withoutTheirs(wanted))).objects, names);
	return replaced.length === 0
		? []
		: [`${labelOf(wanted)}: the environment replaces what the chart sets: ${replaced.join(', ')}.`];
};

/** Everything about the values that must be right: keys the chart knows, keys that do something, and what it renders. */
export const auditRelease = async (world: World, wanted: WantedRelease): Promise<Audit> => {
	const refused = refusedKeys(world.answers, wanted);
	if (refused.length > 0) return {problems: refused, warnings: wanted.warnings};
	const {problems, warnings} = await renderRelease(world, wanted);
	const replaced = await replacedVariables(world, wanted);
	const effects = await releaseEffects(world, withoutTheirs(wanted));
	return {
		problems: [...problems, ...refusedEffects(effects, wanted)],
		warnings: [...wanted.warnings, ...warnings, ...replaced, ...effectWarnings(effects, wanted.contents.metadata)],
	};
};
