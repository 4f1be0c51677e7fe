import {fileOf} from '../../backup/write-part.ts';
import {journalSecretKey, journalSecretName} from '../../cluster/journal-secret.ts';
import type {PodPlace} from '../../cluster/types.ts';
import type {Installed} from '../backup/installed.ts';
import {type Small, smallParts} from '../backup/secrets.ts';
import {caSecretName} from '../shared/names.ts';
import type {World} from '../world.ts';
import {scheduleNamespace} from './names.ts';

/** How the small parts of a backup come to the pods of the schedule. */
export type SmallParts = {
	/** Files of all of them, in the order in which they are written. */
	readonly parts: readonly string[];
	/** Those that are put into the Secret of the schedule, as they are now. */
	readonly putAside: Readonly<Record<string, string>>;
	/** Those that a node mounts out of their own Secrets, as they are then. */
	readonly live: NonNullable<PodPlace['secretFiles']>['from'];
};

type Live = SmallParts['live'][number];

/** Members of Secrets in the namespace of the control plane that are parts as they are. */
const liveOf = ({answers}: World): ReadonlyMap<string, Omit<Live, 'file'>> =>
	new Map([
		['certificates certificate', {secret: answers.tls.secretName, key: 'tls.crt'}],
		['certificates key', {secret: answers.tls.secretName, key: 'tls.key'}],
		['certificates ca', {secret: caSecretName, key: 'ca.crt'}],
		['journal journal', {secret: journalSecretName, key: journalSecretKey}],
	]);

const keyOf = ({head: {kind, name}}: Small): string => `${kind} ${name}`;

const namesOnly = {encryption: 'none', parts: []} as const;

/**
 * All small parts that a backup of this host would have. A pod mounts Secrets of its own namespace alone: there, what other programs
 * change is mounted and always as it is; elsewhere it is put aside, but for the journal, which each run of this tool changes. Reads only.
 * @throws ProblemError as `smallParts`
 */
export const smallPartsOf = async (world: World, installed: readonly Installed[]): Promise<SmallParts> => {
	const {answers} = world;
	const mounted = scheduleNamespace(answers) === answers.controlPlane.namespace ? liveOf(world) : new Map();
	const parts: string[] = [];
	const putAside: Record<string, string> = {};
	const live: Live[] = [];
	for (const small of await smallParts(world, installed)) {
		const file = fileOf(small.head, namesOnly);
		const source: Omit<Live, 'file'> | undefined = mounted.get(keyOf(small));
		const isJournal = small.head.kind === 'journal';
		const text = isJournal ? undefined : await small.text();
		if (text === undefined && !isJournal) continue;
		parts.push(file);
		if (source) live.push({...source, file});
		else if (text !== undefined) putAside[file] = text;
	}
	return {parts, putAside, live};
};
