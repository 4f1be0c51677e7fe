import type {ComponentPath} from '../answers/component-path.ts';
import {type DatabaseServer, databaseServerOf, type ServerPath} from '../answers/database-server.ts';
import type {Answers} from '../answers/schema.ts';
import type {Problem} from '../base/problem.ts';
import {firstOf} from '../base/text.ts';
import type {DatabaseEngine} from '../database/types.ts';
import type {ChartMetadata} from './contents.ts';
import {chartsProblems} from './problems.ts';

/** A chart says here which engines it works with, separated by commas: `postgresql,mysql`. */
const databasesAnnotation = 'zenml-airgap.io/databases';

const engines: readonly DatabaseEngine[] = ['postgresql', 'mysql'];

const productNames: Readonly<Record<DatabaseEngine, string>> = {postgresql: 'PostgreSQL', mysql: 'MySQL'};

type Chart = Pick<ChartMetadata, 'name' | 'version' | 'annotations'>;

/** The charts of a bundle, as far as they say which engines they work with. */
export type DatabaseCharts = {readonly controlPlaneChart: Chart; readonly workspaceChart: Chart};

/** The engines that a chart itself says it works with; undefined where it names none that this tool knows. */
const declaredEngines = ({annotations}: Chart): readonly DatabaseEngine[] | undefined => {
	const names = annotations[databasesAnnotation]?.split(',').map((name) => name.trim().toLowerCase());
	const known = engines.filter((engine) => names?.includes(engine));
	return known.length > 0 ? known : undefined;
};

/**
 * The database engines that the product works with: the workspace server is documented for MySQL 8 alone and raises
 * "Invalid SQL driver value" on a `postgresql://` URL (zenml/zen_stores/sql_zen_store.py, 0.93.0 and 0.98.0); the control plane for both.
 */
const productEngines = (component: ComponentPath): readonly DatabaseEngine[] =>
	component === 'controlPlane' ? engines : ['mysql'];

/** What one component takes, and the chart that says so; without one, it is the product that does. */
type Support = {readonly engines: readonly DatabaseEngine[]; readonly chart?: Chart | undefined};

const supportOf = (component: ComponentPath, charts: DatabaseCharts | undefined): Support => {
	const chart = component === 'controlPlane' ? charts?.controlPlaneChart : charts?.workspaceChart;
	const declared = chart && declaredEngines(chart);
	return declared ? {engines: declared, chart} : {engines: productEngines(component)};
};

/** Components on one server that cannot work with it. */
type Unfit = {
	readonly server: DatabaseServer;
	readonly support: Support;
	readonly components: readonly ComponentPath[];
};

const unfitWorkspaces = (answers: Answers, charts: DatabaseCharts | undefined): readonly Unfit[] => {
	const unfit = new Map<ServerPath, Unfit>();
	for (const index of answers.workspaces.keys()) {
		const component = `workspaces.${index}` as const;
		const server = databaseServerOf(answers, component);
		const support = supportOf(component, charts);
		if (support.engines.includes(server.engine)) continue;
		const {components = []} = unfit.get(server.from) ?? {};
		unfit.set(server.from, {server, support, components: [...components, component]});
	}
	return [...unfit.values()];
};

/** What both problems tell. */
const factsOf = ({server, support}: Unfit) => {
	const taken = support.engines.map((engine) => productNames[engine]).join(' or ');
	const {chart} = support;
	const why = chart
		? `The chart ${chart.name} ${chart.version} says that it works with ${taken}.`
		: 'The product is made for MySQL only: the Job that migrates its database ends with "Invalid SQL driver value".';
	return {engine: productNames[server.engine], at: `${server.from}.engine`, taken, why};
};

const workspaceProblem = (answers: Answers, unfit: Unfit): Problem => {
	const {components, server} = unfit;
	const names = components.map((component) => answers.workspaces[Number(component.split('.')[1])]?.name ?? component);
	return chartsProblems.problem(
		'database-engine-unfit',
		{
			case: server.from === 'database' ? 'workspaces' : 'workspace of its own',
			names: firstOf(names, 4),
			...factsOf(unfit),
		},
		{answers: [`${server.from}.engine`, ...components.map((component) => `${component}.database.server`)]},
	);
};

const controlPlaneProblems = (answers: Answers, charts: DatabaseCharts | undefined): readonly Problem[] => {
	const server = databaseServerOf(answers, 'controlPlane');
	const support = supportOf('controlPlane', charts);
	if (support.engines.includes(server.engine)) return [];
	const facts = {case: 'control plane', ...factsOf({server, support, components: ['controlPlane']})} as const;
	const places = [`${server.from}.engine`, 'controlPlane.database.server'];
	return [chartsProblems.problem('database-engine-unfit', facts, {answers: places})];
};

/**
 * Database servers of the answers that a component cannot work with. What the charts say counts more than what the product is known to
 * take. @param charts of the bundle; left out where there is none to read
 */
export const engineProblems = (answers: Answers, charts?: DatabaseCharts): readonly Problem[] => [
	...controlPlaneProblems(answers, charts),
	...unfitWorkspaces(answers, charts).map((unfit) => workspaceProblem(answers, unfit)),
];
