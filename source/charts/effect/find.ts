import {inPool} from '../../base/pool.ts';
import {type Leaf, leavesOf, nameOfPath, withLeaf} from './leaves.ts';
import {createQuiet, markOf, tracesIn} from './marks.ts';

/** What a chart makes of values; undefined where it refuses them. @throws what has nothing to do with the values */
export type Render = (values: unknown) => Promise<string | undefined>;

/** Which leaves of some values change nothing of what a chart renders, by their paths. */
export type Effects = {
	/** Whatever else is set. */
	readonly dead: readonly string[];
	/** As things are; turning `switch` over would give them an effect. */
	readonly idle: readonly {readonly path: string; readonly switch: string}[];
	/** Nobody knows: the chart was rendered often enough. */
	readonly unproven: readonly string[];
};

/** Helm renders on a core of its own. */
const sideBySide = 3;

/** Renderings of one chart, some 100 ms each. A search over values of usual size needs some twenty. */
const mostRenderings = 150;

/** Switches that are tried for a leaf without effect. */
const mostSwitches = 12;

type Marked = Leaf & {readonly mark: Leaf['value']};

/** The values of a release, and what is rendered of them so far. */
type Search = {
	readonly values: unknown;
	readonly render: Render;
	readonly base: string;
	readonly quiet: (rendered: string) => string;
	/** False once it was rendered often enough. */
	readonly mayGoOn: () => boolean;
};

const marked = (values: unknown, leaves: readonly Marked[]): unknown =>
	leaves.reduce((all, {path, mark}) => withLeaf(all, path, mark), values);

/**
 * Leaves whose marks leave a trace, all rendered at once. What the chart refuses is looked for by halves: a leaf that it refuses alone
 * was read.
 */
const traced = async (search: Search, leaves: readonly Marked[]): Promise<ReadonlySet<Marked>> => {
	if (leaves.length === 0 || !search.mayGoOn()) return new Set();
	const rendered = await search.render(marked(search.values, leaves));
	if (rendered !== undefined) {
		const isIn = tracesIn(rendered);
		return new Set(leaves.filter(({mark}) => isIn(mark)));
	}
	if (leaves.length === 1) return new Set(leaves);
	const middle = Math.ceil(leaves.length / 2);
	const first = await traced(search, leaves.slice(0, middle));
	return new Set([...first, ...(await traced(search, leaves.slice(middle)))]);
};

/** Does the leaf change what is rendered? A chart that refuses the other value has read it. */
const hasEffect = async ({values, render, base, quiet}: Search, {path, mark}: Marked): Promise<boolean> => {
	const rendered = await render(withLeaf(values, path, mark));
	return rendered === undefined || quiet(rendered) !== quiet(base);
};

const common = (one: readonly string[], other: readonly string[]): number => {
	const differs = one.findIndex((key, index) => key !== other[index]);
	return differs < 0 ? one.length : differs;
};

/** The switch that keeps a leaf without effect, the nearest first; undefined where none does. */
const switchOf = async (search: Search, leaf: Marked, switches: readonly Leaf[]): Promise<Leaf | undefined> => {
	const near = [...switches]
		.filter(({path}) => nameOfPath(path) !== nameOfPath(leaf.path))
		.sort((a, b) => common(b.path, leaf.path) - common(a.path, leaf.path))
		.slice(0, mostSwitches);
	for (const one of near) {
		if (!search.mayGoOn()) return undefined;
		const values = withLeaf(search.values, one.path, !one.value);
		const base = await search.render(values);
		if (base !== undefined && (await hasEffect({...search, values, base}, leaf))) return one;
	}
	return undefined;
};

const judge = async (search: Search, leaf: Marked, switches: readonly Leaf[]): Promise<Effects> => {
	const path = nameOfPath(leaf.path);
	const none: Effects = {dead: [], idle: [], unproven: []};
	if (!search.mayGoOn()) return {...none, unproven: [path]};
	if (await hasEffect(search, leaf)) return none;
	const found = await switchOf(search, leaf, switches);
	if (found) return {...none, idle: [{path, switch: nameOfPath(found.path)}]};
	return search.mayGoOn() ? {...none, dead: [path]} : {...none, unproven: [path]};
};

const startSearch = async (values: unknown, render: Render): Promise<Search | undefined> => {
	let count = 2;
	const [base, again] = await Promise.all([render(values), render(values)]);
	if (base === undefined || again === undefined) return undefined;
	const counted: Render = async (other) => {
		count += 1;
		return render(other);
	};
	return {values, render: counted, base, quiet: createQuiet(base, again), mayGoOn: () => count < mostRenderings};
};

/**
 * Finds the leaves of some values that change nothing of what a chart renders: Helm takes them without a word.
 * @param chart `defaults`: its values.yaml; `literals`: texts that its templates compare with, which a mark would lead elsewhere
 * @param render of this chart; values that it refuses as they are have no effects to be found
 */
export const findEffects = async (
	values: unknown,
	chart: {readonly defaults: unknown; readonly literals: ReadonlySet<string>},
	render: Render,
): Promise<Effects> => {
	const search = await startSearch(values, render);
	if (!search) return {dead: [], idle: [], unproven: []};
	const leaves = leavesOf(values).map((leaf, index): Marked => ({...leaf, mark: markOf(leaf, index)}));
	const texts = leaves.filter(({value}) => typeof value !== 'boolean');
	const isCompared = ({value}: Marked): boolean => chart.literals.has(String(value));
	const plain = await traced(
		search,
		texts.filter((leaf) => !isCompared(leaf)),
	);
	const seen = new Set([...plain, ...(await traced(search, texts.filter(isCompared)))]);
	const isSwitch = ({value}: Leaf): boolean => typeof value === 'boolean';
	const own = leaves.filter(isSwitch);
	const names = new Set(own.map(({path}) => nameOfPath(path)));
	const further = leavesOf(chart.defaults).filter((leaf) => isSwitch(leaf) && !names.has(nameOfPath(leaf.path)));
	const unseen = leaves.filter((leaf) => !seen.has(leaf));
	const judged = await inPool(unseen, sideBySide, async (leaf) => judge(search, leaf, [...own, ...further]));
	return {
		dead: judged.flatMap(({dead}) => dead),
		idle: judged.flatMap(({idle}) => idle),
		unproven: judged.flatMap(({unproven}) => unproven),
	};
};

/**
 * What the effects of values depend on: their shape, their switches, and the texts that templates compare with. Other texts may change
 * without another search; none of them is in it.
 */
export const shapeOf = (values: unknown, literals: ReadonlySet<string>): unknown =>
	leavesOf(values).map(({path, value}) => {
		if (typeof value === 'boolean') return [path, value];
		return [path, typeof value, literals.has(String(value)) ? value : value === '' || value === 0];
	});
