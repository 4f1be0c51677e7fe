import type {Problem} from '../../../base/problem.ts';
import {
	auditProblem,
	auditValues,
	effectProblem,
	effectWarnings,
	type Inspection,
	inspectRendered,
} from '../../../charts/index.ts';
import type {World} from '../../world.ts';
import {releaseEffects} from './effects.ts';
import type {WantedRelease} from './wanted.ts';

/** What is wrong with a release before anything changes, and what its operator should know. */
type Audit = {readonly problems: readonly Problem[]; readonly warnings: readonly string[]};

/** What the chart makes of the values, inspected. */
export const renderRelease = async (world: World, wanted: WantedRelease): Promise<Inspection> => {
	const {helm, cluster, answers, signal} = world;
	const {component, name, namespace, chart, values} = wanted;
	const kubeVersion = await cluster.version(signal);
	const rendered = await helm.template({release: name, namespace, chart: chart.path, values, kubeVersion, signal});
	return inspectRendered(rendered, {
		registryHost: answers.registry.host,
		component: component === 'controlPlane' ? 'control-plane' : 'workspace',
	});
};

/** Everything about the values that must be right: keys the chart knows, keys that do something, and what it renders. */
export const auditRelease = async (world: World, wanted: WantedRelease): Promise<Audit> => {
	const {contents, values} = wanted;
	const unknown = auditProblem(auditValues(values, contents), contents.metadata);
	if (unknown) return {problems: [unknown], warnings: wanted.warnings};
	const {problems, warnings} = await renderRelease(world, wanted);
	const effects = await releaseEffects(world, wanted);
	return {
		problems: [...problems, ...effectProblem(effects, contents.metadata)],
		warnings: [...wanted.warnings, ...warnings, ...effectWarnings(effects, contents.metadata)],
	};
};
