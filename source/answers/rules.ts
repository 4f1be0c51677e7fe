import {quantityOf} from '../base/quantity.ts';

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
	| {readonly kind: 'over limit' | 'needed' | 'key needed'; readonly path: Path; readonly other: Path}
	| {readonly kind: 'cannot be made'; readonly path: Path; readonly other?: undefined};

type Amounts = {readonly cpu?: string | undefined; readonly memory?: string | undefined};
type Resources = {readonly requests: Amounts; readonly limits: Amounts};

type Component = {
	readonly resources: Resources;
	readonly host: string;
	readonly namespace: string;
	readonly database: {readonly name: string; readonly username: string};
};

/** The answers that the rules look at; complete answers fit. */
export type RuledAnswers = {
	readonly bundle: {
		readonly signature: {readonly mode?: string | undefined; readonly publicKey?: string | undefined};
	};
	readonly controlPlane: Component & {readonly admin: {readonly username: string}};
	readonly workspaces: readonly (Component & {readonly name: string})[];
	readonly registry: {
		readonly username?: string | undefined;
		readonly password?: string | undefined;
		readonly clientCertificate?: string | undefined;
		readonly clientKey?: string | undefined;
	};
	readonly database: {readonly admin?: {readonly password: string} | undefined};
	readonly organization: {readonly users: readonly {readonly username: string}[]};
};

type Rule = (answers: RuledAnswers) => readonly CrossFieldIssue[];

const signatureHasKey: Rule = ({bundle: {signature}}) =>
	signature.mode === 'require' && signature.publicKey === undefined
		? [{kind: 'key needed', path: ['bundle', 'signature', 'publicKey'], other: ['bundle', 'signature', 'mode']}]
		: [];

type Placed = {readonly at: Path; readonly component: Component};

const componentsOf = ({controlPlane, workspaces}: RuledAnswers): readonly Placed[] => [
	{at: ['controlPlane'], component: controlPlane},
	...workspaces.map((component, index) => ({at: ['workspaces', index], component})),
];

/** The API server refuses pods that request more than their limit (Kubernetes, "Resource Management for Pods"). */
const requestsFitLimits: Rule = (answers) =>
	componentsOf(answers).flatMap(({at, component: {resources}}) =>
		(['cpu', 'memory'] as const)
			.filter((key) => quantityOf(resources.requests[key] ?? '') > quantityOf(resources.limits[key] ?? ''))
			.map((key) => ({
				kind: 'over limit',
				path: [...at, 'resources', 'requests', key],
				other: [...at, 'resources', 'limits', key],
			})),
	);

type Entry = {readonly value: string; readonly path: Path};

const duplicates = (what: string, entries: readonly Entry[]): readonly CrossFieldIssue[] =>
	entries.flatMap(({value, path}, index) => {
		const first = entries.find((entry) => entry.value === value);
		return first === undefined || first === entries[index]
			? []
			: [{kind: 'same', path, other: first.path, what, value}];
	});

const namesDiffer: Rule = (answers) => {
	const {controlPlane, workspaces, organization} = answers;
	const each = (tail: Path, read: (component: Component) => string): readonly Entry[] =>
		componentsOf(answers).map(({at, component}) => ({value: read(component), path: [...at, ...tail]}));
	const workspaceNames = workspaces.map(({name}, index) => ({value: name, path: ['workspaces', index, 'name']}));
	const userNames = organization.users.map(({username}, index) => ({
		value: username,
		path: ['organization', 'users', index, 'username'],
	}));
	const admin = {value: controlPlane.admin.username, path: ['controlPlane', 'admin', 'username']};
	return [
		...duplicates(
			'host name',
			each(['host'], ({host}) => host),
		),
		...duplicates(
			'database',
			each(['database', 'name'], ({database}) => database.name),
		),
		...duplicates(
			'database role',
			each(['database', 'username'], ({database}) => database.username),
		),
		...duplicates(
			'namespace',
			each(['namespace'], ({namespace}) => namespace),
		),
		...duplicates('workspace name', workspaceNames),
		...duplicates('user name', [admin, ...userNames]),
	];
};

/** Answers of the registry that are of no use alone. */
const pairs = [
	['username', 'password'],
	['password', 'username'],
	['clientCertificate', 'clientKey'],
	['clientKey', 'clientCertificate'],
] as const;

const registryPairsAreWhole: Rule = ({registry}) =>
	pairs
		.filter(([given, needed]) => registry[given] !== undefined && registry[needed] === undefined)
		.map(([given, needed]) => ({kind: 'needed', path: ['registry', needed], other: ['registry', given]}));

/** Only a secret that this tool makes can be generated. */
const existingLoginsAreKnown: Rule = ({registry, database}) => {
	const logins: readonly (readonly [string | undefined, Path])[] = [
		[registry.password, ['registry', 'password']],
		[database.admin?.password, ['database', 'admin', 'password']],
	];
	return logins.filter(([password]) => password === 'generate').map(([, path]) => ({kind: 'cannot be made', path}));
};

const rules: readonly Rule[] = [
	signatureHasKey,
	requestsFitLimits,
	namesDiffer,
	registryPairsAreWhole,
	existingLoginsAreKnown,
];

/** The rules that look at more than one answer. Returns one issue per broken rule; never a secret. */
export const crossFieldIssues = (answers: RuledAnswers): readonly CrossFieldIssue[] =>
	rules.flatMap((rule) => rule(answers));
