import {isMap} from '../../../base/text.ts';
import {nameOfPath, type RenderedObject} from '../../../charts/index.ts';
import {fingerprintOf} from '../../../engine/fingerprint.ts';
import {keyOf, type Leaf, leavesIn, type Path} from '../applied/leaves.ts';

/** What becomes of one object. */
export type ObjectChange = {
	readonly object: string;
	readonly kind: 'added' | 'removed' | 'changed';
	/** `+ path`, `- path`, `~ path` of what differs in it; values only where they are images, numbers of replicas or versions. */
	readonly paths: readonly string[];
	/** True where its pods are made anew. */
	readonly restarts: boolean;
};

const labelOf = ({kind, metadata}: RenderedObject): string => `${kind} ${metadata.name}`;

/** Hooks are not part of what Helm keeps as the manifests of a release. */
const isHook = ({metadata: {annotations}}: RenderedObject): boolean =>
	isMap(annotations) && Object.hasOwn(annotations, 'helm.sh/hook');

/** Lists item by item here: what differs in the second container shall not be told as "all containers". */
const spread = ({path, value}: Leaf): readonly Leaf[] =>
	Array.isArray(value)
		? value.flatMap((item: unknown, index) => leavesIn(item, [...path, String(index)]).flatMap(spread))
		: [{path, value}];

const leavesOfObject = (object: RenderedObject): ReadonlyMap<string, Leaf> =>
	new Map(
		leavesIn(object)
			.flatMap(spread)
			.map((leaf) => [keyOf(leaf.path), leaf]),
	);

/** Ends of paths whose values hold no secret and are worth more than their names. */
const open: ReadonlySet<string | undefined> = new Set(['image', 'replicas']);

/** Labels that every object of a chart has with its version: they differ everywhere, and say nothing more. */
const ofVersion: ReadonlySet<string | undefined> = new Set(['helm.sh/chart', 'app.kubernetes.io/version']);

const changed = (path: Path, before: unknown, after: unknown): string => {
	const name = nameOfPath(path);
	return open.has(path.at(-1)) ? `~ ${name}: ${String(before)} -> ${String(after)}` : `~ ${name}`;
};

const pathsBetween = (before: RenderedObject, after: RenderedObject): readonly string[] => {
	const [old, now] = [leavesOfObject(before), leavesOfObject(after)];
	const removed = [...old].filter(([key]) => !now.has(key)).map(([, {path}]) => `- ${nameOfPath(path)}`);
	const rest = [...now].flatMap(([key, {path, value}]) => {
		const was = old.get(key);
		if (!was) return [`+ ${nameOfPath(path)}`];
		if (path.includes('labels') && ofVersion.has(path.at(-1))) return [];
		return was.value === value ? [] : [changed(path, was.value, value)];
	});
	return [...removed, ...rest];
};

type Pods = {readonly spec?: {readonly template?: unknown}};

const templateOf = (object: RenderedObject): string => fingerprintOf((object as Pods).spec?.template ?? null);

const makesPods: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

const compare = (before: RenderedObject | undefined, after: RenderedObject | undefined): ObjectChange | undefined => {
	if (!before || !after) {
		const one = after ?? before;
		return one && {object: labelOf(one), kind: after ? 'added' : 'removed', paths: [], restarts: false};
	}
	const paths = pathsBetween(before, after);
	if (paths.length === 0) return undefined;
	const restarts = makesPods.has(after.kind) && templateOf(before) !== templateOf(after);
	return {object: labelOf(after), kind: 'changed', paths, restarts};
};

/** Each object as it is and as it will be, under its kind and name; hooks are left out. */
export const objectPairs = (
	before: readonly RenderedObject[],
	after: readonly RenderedObject[],
): ReadonlyMap<string, readonly [before: RenderedObject | undefined, after: RenderedObject | undefined]> => {
	const byLabel = (objects: readonly RenderedObject[]): ReadonlyMap<string, RenderedObject> =>
		new Map(objects.filter((one) => !isHook(one)).map((one) => [labelOf(one), one]));
	const [old, now] = [byLabel(before), byLabel(after)];
	return new Map(
		[...new Set([...old.keys(), ...now.keys()])].sort().map((label) => [label, [old.get(label), now.get(label)]]),
	);
};

/** What differs between the manifests of a release as they are and as they will be; hooks are left out. No value of a Secret is told. */
export const manifestChanges = (
	before: readonly RenderedObject[],
	after: readonly RenderedObject[],
): readonly ObjectChange[] => [...objectPairs(before, after).values()].flatMap((pair) => compare(...pair) ?? []);
