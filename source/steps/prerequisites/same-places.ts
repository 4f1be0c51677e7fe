import {databaseServerOf} from '../../answers/database-server.ts';
import {inPool} from '../../base/pool.ts';
import type {Problem} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import {stepProblems} from '../problems.ts';
import {renamedAdministrator} from '../shared/administrator.ts';
import {type Check, refuse} from '../shared/checks.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import type {World} from '../world.ts';
import {otherNamespace} from './other-namespace.ts';

/** Helm is a process of its own each time. */
const mostAtOnce = 4;

/** Where a component keeps its data. */
type Place = {readonly host: string; readonly port: string; readonly name: string};

const at = (values: unknown, ...keys: readonly string[]): unknown =>
	keys.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), values);

const inUrl = (text: unknown): Place | undefined => {
	if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
	const {hostname, port, pathname} = new URL(text);
	return {host: hostname, port, name: pathname.slice(1)};
};

/** The place in the values of a release: `database.external` of a control plane, `database.url` of a workspace. */
const placeIn = (values: unknown): Place | undefined => {
	const external = at(values, 'zenml', 'database', 'external');
	if (!isMap(external)) return inUrl(at(values, 'server', 'database', 'url') ?? at(values, 'zenml', 'database', 'url'));
	const {host, port, database} = external;
	return {host: String(host), port: String(port), name: String(database)};
};

const inWords = ({host, port, name}: Place): string => `${name} at ${host}${port === '' ? '' : `:${port}`}`;

const otherNameOf = (
	component: Component,
	chart: string,
	{metadata}: {readonly metadata: unknown},
): readonly string[] => {
	const label = at(metadata, 'labels', 'helm.sh/chart');
	const release = at(metadata, 'annotations', 'meta.helm.sh/release-name');
	const isSame =
		typeof label === 'string' && label.startsWith(`${chart}-`) && /^\d/u.test(label.slice(chart.length + 1));
	return isSame && typeof release === 'string' && release !== component.answers.release ? [release] : [];
};

/** A release of the same chart under another name: each component has a namespace of its own. */
const otherRelease = async (world: World, component: Component, chart: string): Promise<readonly Problem[]> => {
	const {namespace, release} = component.answers;
	const of = {apiVersion: 'apps/v1', kind: 'Deployment', namespace};
	const [live] = (await world.cluster.list(of, world.signal)).flatMap((one) => otherNameOf(component, chart, one));
	if (live === undefined) return [];
	const answer = `${component.path}.release`;
	return [
		stepProblems.problem(
			'release-under-other-name',
			{label: component.label, namespace, live, release, answer},
			{answers: [answer]},
		),
	];
};

const movedData = async ({answers, helm, signal}: World, component: Component): Promise<readonly string[]> => {
	const {release, namespace, database} = component.answers;
	if (!(await helm.release(release, namespace, signal))) return [];
	const live = placeIn(await helm.values(release, namespace, signal));
	const {host, port} = databaseServerOf(answers, component.path);
	const wanted: Place = {host, port: String(port), name: database.name};
	if (!live || inWords(live) === inWords(wanted)) return [];
	return [
		`The ${component.label} keeps its data in database ${inWords(live)}; the answers name ${inWords(wanted)}. Nothing is moved there: it comes up with what that database has, empty where it is new.`,
	];
};

/** What is installed stays what it is: under its name, in its namespace, with its administrator and its data. */
export const samePlaces: Check = {
	label: 'Names and data',
	asks: 'cluster',
	run: async (world) => {
		const {bundle, signal, cluster} = world;
		await cluster.version(signal);
		const {controlPlaneChart, workspaceChart} = await bundle.open(signal);
		const components = componentsOf(world.answers);
		const chartOf = ({path}: Component): string => (path === 'controlPlane' ? controlPlaneChart : workspaceChart).name;
		const others = await inPool(components, mostAtOnce, async (one) => otherRelease(world, one, chartOf(one)));
		const moved = await inPool(components, mostAtOnce, async (one) => otherNamespace(world, one));
		const renamed = await renamedAdministrator(world);
		refuse([...others.flat(), ...moved.flat(), ...(renamed ? [renamed] : [])]);
		const warnings = (await inPool(components, mostAtOnce, async (one) => movedData(world, one))).flat();
		return {note: warnings.length === 0 ? 'as they are' : 'other databases than before', warnings};
	},
};
