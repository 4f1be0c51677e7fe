import type {Readable, Writable} from 'node:stream';
import type {Problem} from '../base/problem.ts';

/** What a part of a backup is of. */
export type PartKind = 'database' | 'secrets' | 'values' | 'certificates' | 'answers' | 'journal' | 'inventory';

/** The database that a part was dumped from, as it was then. */
export type BackupDatabase = {
	readonly engine: 'postgresql' | 'mysql';
	/** `PostgreSQL`, `MySQL` or `MariaDB`, and its version. */
	readonly product: string;
	readonly version: string;
	readonly name: string;
	/** The revision of its migrations, where it has one. */
	readonly revision?: string | undefined;
	readonly tables: readonly {readonly name: string; readonly rows: number}[];
	/** Program and version that dumped it: `pg_dump 15.18`. */
	readonly tool: string;
};

/** What is known of a part before it is written. */
export type PartHead = {
	readonly kind: PartKind;
	/** `controlPlane`, the name of a workspace, or the name of what else it is of. */
	readonly name: string;
	/** How the name of its file ends, without the dot: `dump`, `sql`, `json`, `yaml`. */
	readonly ending: string;
	readonly database?: BackupDatabase | undefined;
};

/** One file of a backup. */
export type BackupPart = {
	readonly kind: PartKind;
	readonly name: string;
	/** Name of the file in the backup's folder. */
	readonly file: string;
	/** Bytes of the file as it lies, and of what is in it. */
	readonly bytes: number;
	readonly plainBytes: number;
	/** SHA-256 of the file as it lies, 64 hex digits. */
	readonly sha256: string;
	readonly database?: BackupDatabase | undefined;
	/** ISO 8601, UTC. */
	readonly startedAt: string;
	readonly endedAt: string;
};

/** A Helm release as it was installed when the backup was made. */
export type BackupComponent = {
	/** `controlPlane` or the name of a workspace. */
	readonly name: string;
	readonly release: string;
	readonly namespace: string;
	/** Name and version of the chart: `zenml-pro-0.12.3`. */
	readonly chart: string;
	readonly revision: number;
	/** References by digest. */
	readonly images: readonly string[];
};

/** `manifest.json` of a backup. It is not encrypted and holds no secret. */
export type BackupManifest = {
	readonly format: 1;
	readonly id: string;
	/** `asked`, `scheduled`, or `before-upgrade:` and the digest of the bundle. */
	readonly purpose: string;
	/** Id of the run that finished it; of the one that began it until then. */
	readonly run: string;
	/** Name and version of the tool that made it. */
	readonly tool: string;
	/** ISO 8601, UTC. */
	readonly createdAt: string;
	/** Absent as long as it is not whole. */
	readonly finishedAt?: string | undefined;
	readonly encryption: 'age' | 'none';
	/** Public keys that it is encrypted for; none where a passphrase opens it. */
	readonly recipients: readonly string[];
	/** What a backup made at the host would have, and this one has not: `journal`, `values default`. Absent where there is nothing. */
	readonly lacks?: readonly string[] | undefined;
	readonly components: readonly BackupComponent[];
	readonly parts: readonly BackupPart[];
};

/** When a backup was restored or drilled. */
export type BackupUse = {
	readonly kind: 'restore' | 'drill';
	/** ISO 8601, UTC. */
	readonly at: string;
	readonly run: string;
	/** In words: the whole, a workspace, a database; and what came of it. */
	readonly note: string;
};

/** A backup as a list shows it: its files are there and have their sizes; their sums were not compared. */
export type BackupSummary = {
	readonly id: string;
	/** Absolute. */
	readonly folder: string;
	readonly state: 'whole' | 'unfinished' | 'broken' | 'newer';
	/** Absent where it cannot be read. */
	readonly manifest?: BackupManifest | undefined;
	/** Of all parts, as they lie. */
	readonly bytes: number;
	readonly signed: boolean;
	/** Why it is broken, or newer than this tool. */
	readonly problem?: Problem | undefined;
	/** Oldest first. */
	readonly uses: readonly BackupUse[];
};

/** A backup that is being made. */
export type OpenBackup = {
	/** Absolute. */
	readonly folder: string;
	/** As it stands now; it grows with each part. */
	readonly manifest: () => BackupManifest;
	/** The part of that kind and name, where this backup has it already. */
	readonly has: (kind: PartKind, name: string) => BackupPart | undefined;
	/**
	 * Writes a part, in the place of one of the same kind and name.
	 * @param write puts the bytes into the stream and keeps to its back pressure; the stream is ended for it
	 * @throws ProblemError `backup-disk-full`, `backup-unwritable`; what `write` throws
	 */
	readonly add: (head: PartHead, write: (into: Writable) => Promise<void>) => Promise<BackupPart>;
	/**
	 * Writes checksums, signature and, last, the manifest with the time of its end.
	 * @throws ProblemError as `add`; `backup-signing-key-locked` and what makes a signing key unusable
	 */
	readonly finish: (run: string, components: readonly BackupComponent[]) => Promise<BackupManifest>;
};

/** A backup whose manifest, checksums and signature hold. */
export type ReadBackup = {
	/** Absolute. */
	readonly folder: string;
	readonly manifest: BackupManifest;
	/** Who signed it; `proven` where a key was there to check that with. */
	readonly signer?: {readonly keyId: string; readonly comment: string; readonly proven: boolean} | undefined;
	/** Names of what lies beside the files of the manifest, sorted; absent where nothing does. No sum covers it. */
	readonly unnamed?: readonly string[] | undefined;
	/**
	 * What is in a part. The stream fails, and does not end, where the file is cut or was changed.
	 * @throws ProblemError `backup-passphrase-missing`, `backup-passphrase-wrong`, `backup-identity-missing`,
	 * `backup-identity-stranger`, `backup-file-damaged`
	 */
	readonly read: (part: BackupPart, signal: AbortSignal) => Promise<Readable>;
};

/** A scheduled backup with the signature of this host's key. */
export type Countersigned = ReadBackup & {
	readonly signer: NonNullable<ReadBackup['signer']>;
	/** Whether it was signed just now; false where it was before. */
	readonly isNew: boolean;
};

/** How long backups are kept. */
export type Retention = {
	readonly keepDays: number;
	/** As many whole ones stay however old they are; one at least. */
	readonly keepAtLeast: number;
};

/** Bytes that were read of all, while sums are compared. */
export type BackupProgress = (progress: {readonly file: string; readonly done: number; readonly total: number}) => void;

/** The folder of backups. */
export type BackupPort = {
	/** Absolute. */
	readonly folder: string;
	/** Newest first; unfinished and broken ones are named as such. Nothing where there is no folder. */
	readonly list: (signal: AbortSignal) => Promise<readonly BackupSummary[]>;
	/**
	 * Whether a backup can be made here: how it is encrypted, who it is for, and whether its folder is this user's. It leaves no trace.
	 * @param bytes that it needs, as far as is known
	 * @throws ProblemError `backup-encryption-missing`, `backup-recipient-bad`, `backup-folder-not-ours`, `backup-unwritable`,
	 * `backup-disk-full`, and what makes a signing key unusable
	 */
	readonly ready: (bytes: number, signal: AbortSignal) => Promise<void>;
	/** The manifest of the unfinished backup that `begin` would go on with; sums are not compared. It leaves no trace. */
	readonly pending: (purpose: string, signal: AbortSignal) => Promise<BackupManifest | undefined>;
	/**
	 * Goes on with an unfinished backup of that purpose that is of the same day, for the same readers: parts whose sums hold are
	 * kept, all else of it is thrown away. Else begins a new one. What this port has begun itself for the same run is not read again.
	 * @throws ProblemError as `ready`
	 */
	readonly begin: (purpose: string, run: string, signal: AbortSignal) => Promise<OpenBackup>;
	/**
	 * Opens a backup and compares every file with its sum.
	 * @throws ProblemError `backup-not-found`, `backup-unfinished`, `backup-newer`, `backup-manifest-damaged`,
	 * `backup-checksums-damaged`, `backup-file-changed`, `backup-signature-broken`
	 */
	readonly open: (
		id: string,
		signal: AbortSignal,
		onProgress?: BackupProgress,
		/** `told`: a scheduled backup without a signature is opened also where a key is there. Never for a restore. */
		unsigned?: 'told',
	) => Promise<ReadBackup>;
	/**
	 * Opens a scheduled backup as `open` does, and signs its checksums. One that this key has signed before is left as it is.
	 * @param vouched the SHA-256 of its manifest as somebody else tells it, 64 hex digits; undefined where nobody does
	 * @throws ProblemError as `open`; `backup-countersign`, `backup-not-vouched`, `backup-unwritable`, and what makes a signing key unusable
	 */
	readonly countersign: (
		id: string,
		vouched: string | undefined,
		signal: AbortSignal,
		onProgress?: BackupProgress,
	) => Promise<Countersigned>;
	/** Removes old backups, never the last whole one. @returns the ids that went */
	readonly prune: (retention: Retention, signal: AbortSignal) => Promise<readonly string[]>;
	/** Remembers beside a backup that it was restored or drilled. @throws ProblemError `backup-unwritable` */
	readonly noteUse: (id: string, use: BackupUse) => Promise<void>;
};
