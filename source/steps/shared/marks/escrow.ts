import {createHash} from 'node:crypto';
import * as z from 'zod';
import {oneLine} from '../../../base/text.ts';
import {formatDuration} from '../../../base/units.ts';
import type {ClusterPort, KubeObject} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import {readGenerated} from '../generated.ts';
import {managedBy, workspaceId} from '../names.ts';

/** A key without which stored secrets cannot be read, or logins are void. The value is known to the redactor. */
export type EscrowKey = {readonly name: string; readonly value: string; readonly fingerprint: string};

/** What reading needs of the world. */
type Reader = Pick<World, 'answers' | 'registerSecret' | 'signal'> & {readonly cluster: Pick<ClusterPort, 'get'>};

/** Tells keys apart and tells nothing of them: they are 256 random bits. By name as well, so that two of one value differ. */
const fingerprintOf = (name: string, value: string): string =>
	createHash('sha256').update(`zenml-airgap escrow\0${name}\0${value}`, 'utf8').digest('hex').slice(0, 16);

/** The keys of every workspace that are made. */
export const escrowKeys = async (reader: Reader): Promise<readonly EscrowKey[]> => {
	const names = reader.answers.workspaces
		.map(workspaceId)
		.flatMap((id) => [`${id}.encryptionKey`, `${id}.jwtSecretKey`]);
	const keys: EscrowKey[] = [];
	for (const name of names) {
		const value = await readGenerated(reader, name);
		if (value !== undefined) keys.push({name, value, fingerprint: fingerprintOf(name, value)});
	}
	return keys;
};

const recordSchema = z.object({
	/** ISO 8601, UTC. */
	at: z.iso.datetime(),
	by: z.string(),
	where: z.string(),
	keys: z.array(z.object({name: z.string(), fingerprint: z.string()})),
});

/** Who said when that copies of these keys lie where. It holds no key. */
export type EscrowRecord = z.infer<typeof recordSchema>;

const placeOf = ({answers}: Pick<World, 'answers'>) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	namespace: answers.controlPlane.namespace,
	name: 'zenml-airgap-escrow',
});

const member = 'record.json';

/** The newest record; undefined where nobody has confirmed any, or somebody has written over it. */
export const readEscrow = async (reader: Reader): Promise<EscrowRecord | undefined> => {
	const found = await reader.cluster.get(placeOf(reader), reader.signal);
	const text = (found?.data as Readonly<Record<string, unknown>> | undefined)?.[member];
	try {
		return recordSchema.parse(JSON.parse(typeof text === 'string' ? text : ''));
	} catch {
		return undefined;
	}
};

/** Keeps a record in the cluster, where every host sees it. */
export const writeEscrow = async (
	world: Pick<World, 'answers' | 'signal'> & {readonly cluster: Pick<ClusterPort, 'apply'>},
	record: EscrowRecord,
): Promise<void> => {
	const {name, namespace, ...kind} = placeOf(world);
	const data = {[member]: JSON.stringify(record)};
	const object: KubeObject = {...kind, metadata: {name, namespace, labels: managedBy}, data};
	await world.cluster.apply(object, {signal: world.signal, force: true});
};

/** Longest that a place may be described, characters. */
const mostWords = 200;

/** @throws ProblemError `escrow-place-unfit` */
export const requirePlace = (where: string): string => {
	const words = oneLine(where);
	if (words === '' || words.length > mostWords) throw stepProblems.error('escrow-place-unfit', {most: mostWords});
	return words;
};

const yearMs = 365 * 24 * 60 * 60_000;

/** Why a record does not do; undefined where it does. @param now ms since the epoch */
export const escrowFault = (
	record: EscrowRecord | undefined,
	keys: readonly Pick<EscrowKey, 'name' | 'fingerprint'>[],
	now: number,
): string | undefined => {
	if (!record) return 'nobody has confirmed that there is a copy outside of the cluster';
	const known = new Map(record.keys.map(({name, fingerprint}) => [name, fingerprint]));
	const changed = keys.filter(({name, fingerprint}) => known.get(name) !== fingerprint).map(({name}) => name);
	if (changed.length > 0) return `new or changed since it was confirmed: ${changed.join(', ')}`;
	const age = now - Date.parse(record.at);
	return age > yearMs ? `it was confirmed ${formatDuration(age)} ago, more than a year` : undefined;
};

/** `2026-01-31T18:30:00.000Z by operator: safe in room 12`. */
export const escrowText = ({at, by, where}: EscrowRecord): string => `${at} by ${oneLine(by)}: ${oneLine(where)}`;
