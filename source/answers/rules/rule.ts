import type {ServedAnswers, WithServer} from '../database-server.ts';

/** Where an answer is: keys and list indices from the root. */
export type Path = readonly (string | number)[];

/** A broken rule that looks at more than one answer. `other` is the answer it clashes with. */
export type CrossFieldIssue =
	| {
			readonly kind: 'same';
			readonly path: Path;
			readonly other: Path;
			/** What both name: `namespace`. */
			readonly what: string;
			readonly value: string;
	  }
	| {
			readonly kind:
				| 'over limit'
				| 'needed'
				| 'key needed'
				| 'gateway needed'
				| 'not for this kind'
				| 'clear text'
				| 'no use without TLS'
				| 'too long for MySQL';
			readonly path: Path;
			readonly other: Path;
	  }
	| {
			readonly kind: 'server needed';
			readonly path: Path;
			readonly other: Path;
			/** Where each component that needs it could name a server of its own. */
			readonly places: readonly Path[];
	  }
	| {readonly kind: 'runner namespace'; readonly path: Path; readonly other: Path; readonly value: string}
	| {
			readonly kind: 'cannot be made' | 'kept in the cluster' | 'namespace of the cluster' | 'namespace of drills';
			readonly path: Path;
			readonly other?: undefined;
	  };

type Amounts = {readonly cpu?: string | undefined; readonly memory?: string | undefined};
type Resources = {readonly requests: Amounts; readonly limits: Amounts};

type Component = {
	readonly resources: Resources;
	readonly host: string;
	readonly namespace: string;
	readonly database: WithServer['database'] & {readonly name: string; readonly username: string};
};

/** A storage as it is written; what a kind needs may be missing. */
export type RuledStorage = {
	readonly kind: 'none' | 's3' | 'nfs' | 'storageClass';
	readonly s3: {
		readonly endpoint?: string | undefined;
		readonly plainHttp: boolean;
		readonly ca?: string | undefined;
		readonly accessKey?: string | undefined;
		readonly secretKey?: string | undefined;
	};
	readonly nfs: object;
	readonly storageClass: object;
};

/** The answers that the rules look at; complete answers fit. */
export type RuledAnswers = Pick<ServedAnswers, 'database'> & {
	readonly bundle: {
		readonly signature: {readonly mode?: string | undefined; readonly publicKey?: string | undefined};
	};
	readonly ingress: {
		readonly kind: string;
		readonly gateway?: string | undefined;
		readonly listener?: string | undefined;
	};
	readonly controlPlane: Component & {readonly admin: {readonly username: string}};
	readonly workspaces: readonly (Component & {readonly name: string})[];
	readonly registry: {
		readonly username?: string | undefined;
		readonly password?: string | undefined;
		readonly clientCertificate?: string | undefined;
		readonly clientKey?: string | undefined;
		readonly ca?: string | undefined;
		readonly plainHttp: boolean;
	};
	readonly workloadManager: {readonly enabled: boolean; readonly namespace: string};
	readonly organization: {
		readonly users: readonly {readonly username: string; readonly teams?: string | undefined}[];
	};
	readonly artifacts: RuledStorage;
	readonly hooks: {readonly headerValue?: string | undefined};
	readonly backup: {
		readonly passphrase?: string | undefined;
		readonly schedule: RuledStorage & {readonly namespace?: string | undefined};
	};
};

export type Rule = (answers: RuledAnswers) => readonly CrossFieldIssue[];

export type Placed = {readonly at: Path; readonly component: Component};

/** Control plane and workspaces, with their places. */
export const componentsOf = ({controlPlane, workspaces}: RuledAnswers): readonly Placed[] => [
	{at: ['controlPlane'], component: controlPlane},
	...workspaces.map((component, index) => ({at: ['workspaces', index], component})),
];

/** A name and its place. `within`: it only has to differ from others within the same. `like`: what has to differ, where that is not the name as it is written. */
export type Entry = {readonly value: string; readonly path: Path; readonly within?: string; readonly like?: string};

/** A name without what MySQL's usual collations take for no difference: capitals and accents (MySQL reference manual, 12.10.1 "Unicode Character Sets"). */
export const asCollated = (name: string): string => name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** An issue for each name that stands there a second time. */
export const duplicates = (what: string, entries: readonly Entry[]): readonly CrossFieldIssue[] =>
	entries.flatMap(({value, path, within, like = value}, index) => {
		const first = entries.find((entry) => (entry.like ?? entry.value) === like && entry.within === within);
		return first === undefined || first === entries[index]
			? []
			: [
					{
						kind: 'same',
						path,
						other: first.path,
						what: value === first.value ? what : `${what} but for capitals and accents`,
						value,
					},
				];
	});
