import type {Interference} from './product/index.ts';
import type {RegistryFaults} from './registry/index.ts';

/** What a rehearsal can break on purpose, in the words of the screen that offers it. */
export const faults = {
	'registry-drops':
		'The registry cuts the uploads of one image in the middle until the installer gives up; the next try gets through.',
	'wrong-database-password':
		'The file with the password of the administrator of PostgreSQL is out of date; the right one lies beside it.',
	'wrong-mysql-password':
		'The file with the password of the administrator of MySQL is out of date; the right one lies beside it.',
	'mysql-without-tls': 'The played MySQL offers no TLS until its administrator is reminded. A real one offers it.',
	'postgresql-engine':
		'The answers take MySQL for PostgreSQL, on which a workspace cannot work; database.engine mends it.',
	'pod-crash-loop': 'The first rollout of the workspace crash-loops; the next Helm revision comes up.',
	'migration-fails':
		'The first migration of a workspace ends with an error of its database; the one of the next Helm revision gets through.',
	'dump-breaks-off':
		'The administrator of PostgreSQL ends the session of the first pg_dump; later ones are left alone.',
	'wrong-backup-passphrase':
		'The file with the passphrase of the backups is out of date, which whatever reads a backup notices; the right one lies beside it.',
	'image-missing':
		'The nodes do not find the dashboard image in the first rollout; after the next Helm revision they do.',
	'dns-missing': "The network team forgets the workspaces' DNS records until it is reminded.",
	'certificate-other-host': 'The certificate is for another host; the right pair lies beside it.',
} as const;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as readonly FaultName[];

/**
 * Faults that other people mend, and what they do: somebody who rehearses reminds them, by switching the fault off. Where nobody is there
 * to do so they remember by themselves, some time after it was missed.
 */
export const mendedByOthers: Readonly<Partial<Record<FaultName, {readonly team: string; readonly does: string}>>> = {
	'dns-missing': {team: 'network team', does: 'makes the records'},
	'mysql-without-tls': {team: 'database admin', does: 'turns TLS on'},
};

/** A fault between runs; a cleared fault does nothing any more. */
export type FaultState = {
	readonly name: FaultName;
	readonly cleared: boolean;
	/** Namespace of the first pod it hit, or the repository whose uploads are cut. */
	readonly struckIn?: string;
	/** Cut uploads, by digest. */
	readonly cuts?: Readonly<Record<string, number>>;
	/** When a forgotten record, or TLS that is not there, was first asked for, in ms since the epoch. */
	readonly missedAt?: number;
};

/** A fault at work: what it does to each part, and what mends it. */
export type Fault = {
	readonly is: (name: FaultName) => boolean;
	readonly interfere: Interference;
	readonly registry: RegistryFaults;
	/** Tells that Helm wrote a new revision in a namespace: what struck there is mended. */
	readonly onRevision: (namespace: string) => void;
	/** Tells that a name was asked for in vain while its server was up. */
	readonly onMiss: () => void;
	readonly missedAt: () => number | undefined;
	/** Does the played MySQL offer TLS to the client that comes now? */
	readonly offersTls: () => boolean;
	readonly clear: () => void;
	/** The one that is on. */
	readonly name: () => FaultName | undefined;
	/** Begins one while the site runs, in the place of the one before. */
	readonly begin: (name: FaultName) => void;
};

const crash = [
	'Traceback (most recent call last):',
	'  File "/opt/venv/lib/python3.12/site-packages/zenml/zen_server/zen_server_api.py", line 158, in initialize',
	'    initialize_zen_store()',
	'  File "/opt/venv/lib/python3.12/site-packages/zenml/config/global_config.py", line 412, in _write_config',
	'    yaml_utils.write_yaml(config_file, yaml_dict, sort_keys=False)',
	"OSError: [Errno 28] No space left on device: '/zenml/.zenconfig/config.yaml'",
	'ERROR:    Application startup failed. Exiting.',
];

/** What Alembic says on MySQL where an index is there that it makes. */
const failedMigration = [
	'INFO  [alembic.runtime.migration] Running upgrade',
	'Traceback (most recent call last):',
	'  File "/opt/venv/lib/python3.12/site-packages/pymysql/err.py", line 153, in raise_mysql_exception',
	'    raise errorclass(errno, errval)',
	'sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (1061, "Duplicate key name \'ix_resource_pool_name\'")',
];

const cutAfterBytes = 100_000;
/**
 * A blob that was cut that often has used up what an installer tries by itself, 5 attempts in each of 3 rounds; what is
 * tried after that was asked for by the operator.
 */
const cutsOfOneBlob = 15;
/** After a restart some rounds of other blobs may be in the count: this many cuts of one blob end the fault as well. */
const cutsBeforeRestart = 11;

type Options = {
	readonly state: FaultState | undefined;
	/** Called with every new state, so that a restart does not bring a mended fault back. */
	readonly save: (state: FaultState) => void;
	/** From the first client that missed TLS until it is there, ms; Infinity where somebody plays its administrator. */
	readonly tlsAfterMs: number;
	readonly log: (line: string) => void;
};

/** What is remembered of a fault, and what follows from it. */
type Memory = {
	readonly state: () => FaultState | undefined;
	readonly update: (change: Partial<FaultState>) => void;
	readonly is: (name: FaultName) => boolean;
	readonly clear: () => void;
	readonly begin: (name: FaultName) => void;
	/** May it hit here? It stays where it hit first. */
	readonly strikesIn: (place: string) => boolean;
	readonly strike: (place: string) => void;
};

const createMemory = ({state: first, save, log}: Options): Memory => {
	let state = first;
	const update = (change: Partial<FaultState>): void => {
		if (!state) return;
		state = {...state, ...change};
		save(state);
	};
	return {
		state: () => state,
		update,
		is: (name) => state?.name === name && !state.cleared,
		clear: () => {
			if (!state || state.cleared) return;
			update({cleared: true});
			log(`fault ${state.name}: over`);
		},
		begin: (name) => {
			state = {name, cleared: false};
			save(state);
			log(`fault ${name}: begins`);
		},
		strikesIn: (place) => state?.struckIn === undefined || state.struckIn === place,
		strike: (place) => {
			if (state?.struckIn === undefined) update({struckIn: place});
		},
	};
};

const mostCuts = ({cuts = {}}: FaultState): number => Math.max(0, ...Object.values(cuts));

/** `registry-drops`: uploads of one repository are cut until one blob has used up all tries. */
const cutUploads = ({is, state, update, clear, strike, strikesIn}: Memory): RegistryFaults => ({
	cutUpload: (repository, digest, bytes) => {
		if (!is('registry-drops') || bytes <= cutAfterBytes || !strikesIn(repository)) return undefined;
		strike(repository);
		const before = state()?.cuts ?? {};
		const count = (before[digest] ?? 0) + 1;
		update({cuts: {...before, [digest]: count}});
		if (count >= cutsOfOneBlob) clear();
		return cutAfterBytes;
	},
});

/** `image-missing`, `pod-crash-loop` and `migration-fails`: pods of the first namespace that they hit do not come up. */
const interference = ({is, strike, strikesIn}: Memory): Interference => {
	const refusedStart = (role: string): readonly string[] | undefined => {
		if (is('pod-crash-loop') && role === 'workspace') return crash;
		return is('migration-fails') && role === 'workspace-migration' ? failedMigration : undefined;
	};
	return {
		pull: (image, namespace) => {
			if (!is('image-missing') || !/dashboard[^/]*$/u.test(image) || !strikesIn(namespace)) return undefined;
			strike(namespace);
			const what = `failed to resolve reference "${image}": ${image}: not found`;
			return `failed to pull and unpack image "${image}": ${what}`;
		},
		start: ({metadata: {namespace = ''}}, role) => {
			const lines = refusedStart(role);
			if (lines === undefined || !strikesIn(namespace)) return undefined;
			strike(namespace);
			return lines;
		},
	};
};

/** `mysql-without-tls`: none for the first client, and for those that come soon after it. */
const tlsOffer =
	({is, state, update, clear}: Memory, afterMs: number) =>
	(): boolean => {
		if (!is('mysql-without-tls')) return true;
		const since = state()?.missedAt ?? Date.now();
		update({missedAt: since});
		if (Date.now() - since < afterMs) return false;
		clear();
		return true;
	};

/**
 * Brings a fault to life. Each one that a retry is meant to get past clears itself after its first failure.
 */
export const createFault = (options: Options): Fault => {
	const memory = createMemory(options);
	const {is, clear, state, update} = memory;
	const known = state();
	if (known && is('registry-drops') && mostCuts(known) >= cutsBeforeRestart) clear();
	return {
		is,
		clear,
		name: () => (state()?.cleared === false ? state()?.name : undefined),
		begin: memory.begin,
		registry: cutUploads(memory),
		interfere: interference(memory),
		onRevision: (namespace) => {
			// A release is written only once the answers are right.
			if (is('postgresql-engine')) clear();
			const isOfRelease = is('pod-crash-loop') || is('image-missing') || is('migration-fails');
			if (isOfRelease && state()?.struckIn === namespace) clear();
		},
		onMiss: () => {
			if (is('dns-missing') && state()?.missedAt === undefined) update({missedAt: Date.now()});
		},
		missedAt: () => state()?.missedAt,
		offersTls: tlsOffer(memory, options.tlsAfterMs),
	};
};
