import {randomBytes} from 'node:crypto';
import * as z from 'zod';
import type {KubeObject} from '../../../cluster/types.ts';
import type {World} from '../../world.ts';
import {managedBy} from '../names.ts';
import type {WantedRelease} from '../release/wanted.ts';
import {byPath, type Path, stampOf, withValue} from './leaves.ts';

/** The place of a release. */
type Place = Pick<WantedRelease, 'name' | 'namespace'>;

const snapshot = z.record(z.string(), z.string());

const schema = z.object({
	format: z.literal(1),
	salt: z.string(),
	/**
	 * Fingerprints of the values that this tool gave to the release, by path. More than one set where it is not known which of them
	 * arrived: a run was killed between its note and the end of Helm's work.
	 */
	snapshots: z.array(snapshot).max(16),
	/** The set that is known to have arrived last. */
	arrived: snapshot.optional(),
	/** Paths of values that others have set and an upgrade has kept. */
	kept: z.array(z.array(z.string())),
});

/** What this tool knows of the values that it gave to a release. Holds fingerprints only. */
export type Applied = z.infer<typeof schema>;

const key = 'applied.json';

const referenceOf = ({name, namespace}: Place) => ({
	apiVersion: 'v1',
	kind: 'Secret',
	namespace,
	name: `zenml-airgap-applied-${name}`,
});

/** The record beside a release; undefined where there is none, or none that can be read: then nothing is known. */
export const readApplied = async ({cluster, signal}: World, place: Place): Promise<Applied | undefined> => {
	const secret = await cluster.get(referenceOf(place), signal);
	const encoded = (secret?.data as Readonly<Record<string, unknown>> | undefined)?.[key];
	if (typeof encoded !== 'string') return undefined;
	try {
		return schema.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
	} catch {
		return undefined;
	}
};

const write = async ({cluster, signal}: World, place: Place, applied: Applied): Promise<void> => {
	const {apiVersion, kind, namespace, name} = referenceOf(place);
	const secret: KubeObject = {
		apiVersion,
		kind,
		metadata: {name, namespace, labels: managedBy},
		type: 'Opaque',
		data: {[key]: Buffer.from(JSON.stringify(applied), 'utf8').toString('base64')},
	};
	await cluster.apply(secret, {signal, force: true});
};

/** What of a release's values is this tool's own, and what of others it keeps. */
const ownOf = ({values, edits}: WantedRelease) => ({ours: edits?.ours ?? values, kept: edits?.kept ?? []});

const mostSnapshots = 16;

type Snapshot = Applied['snapshots'][number];

const textOf = (one: Snapshot): string => JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)));
const isSame = (one: Snapshot, other: Snapshot): boolean => textOf(one) === textOf(other);

/** Each set once, the newest last. */
const distinct = (all: readonly Snapshot[]): Snapshot[] =>
	[...new Map(all.map((one) => [textOf(one), one])).values()].slice(-mostSnapshots);

/** What a release without a record had, but for what is of others: with it an upgrade that fails is not taken for an edit. */
const liveOwn = ({edits}: WantedRelease): unknown =>
	edits?.kept.reduce<unknown>((values: unknown, path: Path) => withValue(values, path, undefined), edits.live);

/**
 * Notes what is about to be given to a release, beside what was given before: a run that is killed in the middle leaves both. What is given
 * back notes that it has arrived.
 */
export const noteApplied = async (world: World, wanted: WantedRelease): Promise<() => Promise<void>> => {
	const before = await readApplied(world, wanted);
	const salt = before?.salt ?? randomBytes(8).toString('hex');
	const {ours, kept} = ownOf(wanted);
	const stamped = (values: unknown) => Object.fromEntries(byPath(values, (value) => stampOf(salt, value)));
	const now = stamped(ours);
	const earlier = before?.snapshots ?? (wanted.edits?.live === undefined ? [] : [stamped(liveOwn(wanted))]);
	const arrived = before?.arrived ?? earlier.at(-1);
	const one = {format: 1, salt, kept: kept.map((path) => [...path])} as const;
	await write(world, wanted, {...one, snapshots: distinct([...earlier, now]), ...(arrived && {arrived})});
	// What ran before stays known: a release that is brought back has its values, and nobody set them by hand. Tries between are no more.
	const stays = arrived === undefined || isSame(arrived, now) ? earlier : [arrived];
	return async () => write(world, wanted, {...one, snapshots: distinct([...stays, now]), arrived: now});
};
