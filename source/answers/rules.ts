/** Where an answer is: keys and list indices from the root. */
export type Path = readonly (string | number)[];

/** A broken rule that looks at more than one answer. `other` is the answer it clashes with. */
export type CrossFieldIssue = {readonly path: Path; readonly message: string; readonly other?: Path};

type Component = {
	readonly host: string;
	readonly namespace: string;
	readonly database: {readonly name: string; readonly username: string};
};

/** The answers that the rules look at; complete answers fit. */
export type RuledAnswers = {
	readonly controlPlane: Component & {readonly admin: {readonly username: string}};
	readonly workspaces: readonly (Component & {readonly name: string})[];
	readonly registry: {readonly username?: string | undefined; readonly password?: string | undefined};
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

/**
 * The rules that look at more than one answer: names that must differ, login and password that belong together,
 * passwords of logins that exist already. Returns one issue per broken rule; never a secret.
 */
export const crossFieldIssues = (answers: RuledAnswers): readonly CrossFieldIssue[] => {
	const {controlPlane, workspaces, registry, database, organization} = answers;
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
		...existingLogins.flatMap(([value, path]) =>
			value === 'generate' ? [{path, message: 'cannot be generated: this login exists already'}] : [],
		),
	];
};
