/** Where an answer is: keys and list indices from the root. */
export type Path = readonly (string | number)[];

/** A broken rule that looks at more than one answer. `other` is the answer it clashes with. */
export type CrossFieldIssue = {readonly path: Path; readonly message: string; readonly other?: Path};

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

type Entry = {readonly value: string; readonly path: Path};

const duplicates = (entries: readonly Entry[], what: string): CrossFieldIssue[] =>
	entries.flatMap(({value, path}, index) => {
		const first = entries.find((entry) => entry.value === value);
		if (first === undefined || first === entries[index]) return [];
		const message = `is the same ${what} as ${first.path.join('.')}: "${value}"; they must differ`;
		return [{path, message, other: first.path}];
	});

const factors: Readonly<Record<string, number>> = {
	m: 1e-3,
	'': 1,
	k: 1e3,
	M: 1e6,
	G: 1e9,
	T: 1e12,
	Ki: 2 ** 10,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
	Ti: 2 ** 40,
};

/** A quantity as a number of cores or bytes; NaN for what is none, so that no comparison holds. */
const amount = (quantity: string | undefined): number => {
	const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/u.exec(quantity ?? '') ?? [];
	return Number(digits ?? Number.NaN) * (factors[unit] ?? Number.NaN);
};

/** The API server refuses pods that request more than their limit (Kubernetes, "Resource Management for Pods"). */
const overLimit = ({requests, limits}: Resources, at: Path): CrossFieldIssue[] =>
	(['cpu', 'memory'] as const).flatMap((key) =>
		amount(requests[key]) > amount(limits[key])
			? [
					{
						path: [...at, 'requests', key],
						message: `is more than ${[...at, 'limits', key].join('.')}; Kubernetes refuses such pods`,
						other: [...at, 'limits', key],
					},
				]
			: [],
	);

/**
 * The rules that look at more than one answer: pods that request no more than their limit, names that must differ, login and password that belong together,
 * passwords of logins that exist already, a required signature without a key. Returns one issue per broken rule; never a secret.
 */
export const crossFieldIssues = (answers: RuledAnswers): readonly CrossFieldIssue[] => {
	const {bundle, controlPlane, workspaces, registry, database, organization} = answers;
	const components = [
		{at: ['controlPlane'] as Path, value: controlPlane as Component},
		...workspaces.map((value, index) => ({at: ['workspaces', index] as Path, value: value as Component})),
	];
	const each = (tail: Path, read: (component: Component) => string): Entry[] =>
		components.map(({at, value}) => ({value: read(value), path: [...at, ...tail]}));
	const existingLogins: readonly (readonly [string | undefined, Path])[] = [
		[registry.password, ['registry', 'password']],
		[database.admin?.password, ['database', 'admin', 'password']],
	];
	return [
		...(bundle.signature.mode === 'require' && bundle.signature.publicKey === undefined
			? [
					{
						path: ['bundle', 'signature', 'publicKey'],
						message: 'is needed with bundle.signature.mode require: a signature proves nothing without a known key',
						other: ['bundle', 'signature', 'mode'],
					},
				]
			: []),
		...components.flatMap(({at, value}) => overLimit(value.resources, [...at, 'resources'])),
		...duplicates(
			each(['host'], ({host}) => host),
			'host name',
		),
		...duplicates(
			each(['database', 'name'], (component) => component.database.name),
			'database',
		),
		...duplicates(
			each(['database', 'username'], (component) => component.database.username),
			'database role',
		),
		...duplicates(
			each(['namespace'], ({namespace}) => namespace),
			'namespace',
		),
		...duplicates(
			workspaces.map(({name}, index) => ({value: name, path: ['workspaces', index, 'name']})),
			'workspace name',
		),
		...duplicates(
			[
				{value: controlPlane.admin.username, path: ['controlPlane', 'admin', 'username']},
				...organization.users.map(({username}, index) => ({
					value: username,
					path: ['organization', 'users', index, 'username'],
				})),
			],
			'user name',
		),
		...(registry.username !== undefined && registry.password === undefined
			? [{path: ['registry', 'password'], message: 'is needed with registry.username', other: ['registry', 'username']}]
			: []),
		...(registry.username === undefined && registry.password !== undefined
			? [{path: ['registry', 'username'], message: 'is needed with registry.password', other: ['registry', 'password']}]
			: []),
		...(
			[
				['clientCertificate', 'clientKey'],
				['clientKey', 'clientCertificate'],
			] as const
		).flatMap(([given, needed]) =>
			registry[given] !== undefined && registry[needed] === undefined
				? [{path: ['registry', needed], message: `is needed with registry.${given}`, other: ['registry', given]}]
				: [],
		),
		...existingLogins.flatMap(([value, path]) =>
			value === 'generate' ? [{path, message: 'cannot be generated: this login exists already'}] : [],
		),
	];
};
