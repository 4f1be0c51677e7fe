import {isMap} from '../../base/text.ts';
import {leavesOf, nameOfPath} from '../effect/leaves.ts';

/**
 * What this tool writes as a good default, and no answer decides or an answer cannot say for one component alone. Everything else that it
 * writes stands for an answer, or for what it promises. `*` is the main section of the chart.
 */
const defaults = [
	'podSecurityContext',
	'securityContext',
	'resourcesMigrationPod',
	'*.debug',
	'*.threadPoolSize',
	'*.database.poolSize',
	'*.database.maxOverflow',
	'*.image.pullPolicy',
	'*.image.api.pullPolicy',
	'*.image.dashboard.pullPolicy',
	'*.ingress.annotations',
	'*.environment.ZENML_SERVER_DISPLAY_ANNOUNCEMENTS',
	'*.environment.ZENML_SERVER_DISPLAY_UPDATES',
] as const;

/** Keys that this tool leaves to the chart, below the main section, with the one value that leaves the answers as they are; else none does. */
const left: ReadonlyMap<string, string | boolean | undefined> = new Map<string, string | boolean | undefined>([
	['database.authMode', 'password'],
	['database.sslCa.value', undefined],
	['gateway.enabled', false],
	['gateway.sectionName', undefined],
	['ingress.path', '/'],
	['ingress.tls.generateCerts', false],
	['secretsStore.enabled', true],
]);

const dottedFrom = ([section = '', ...rest]: readonly string[], root: string): string =>
	[section === root ? '*' : section, ...rest].join('.');

const isDefault = (path: readonly string[], root: string): boolean => {
	const dotted = dottedFrom(path, root);
	return defaults.some((key) => dotted === key || dotted.startsWith(`${key}.`));
};

const valueAt = (values: unknown, path: readonly string[]): unknown =>
	path.reduce<unknown>((at, key) => {
		if (Array.isArray(at)) return at[Number(key)];
		return isMap(at) ? at[key] : undefined;
	}, values);

/** Keys that we write and that are another value afterwards. */
const changed = (ours: unknown, together: unknown): readonly (readonly string[])[] =>
	leavesOf(ours)
		.filter(({path, value}) => valueAt(together, path) !== value)
		.map(({path}) => path);

/** Keys that we leave out, and that stand against the answers all the same. */
const added = (ours: unknown, together: unknown, root: string): readonly (readonly string[])[] =>
	leavesOf(together)
		.filter(({path: [section, ...rest], value}) => {
			const dotted = rest.join('.');
			return section === root && left.has(dotted) && left.get(dotted) !== value;
		})
		.filter(({path}) => valueAt(ours, path) === undefined)
		.map(({path}) => path);

/**
 * What of our values the operator's would undo: all that is made from another answer, or promised.
 * @param root main section of the chart
 */
export const undoneBy = (ours: unknown, together: unknown, root: string): readonly string[] =>
	[...changed(ours, together).filter((path) => !isDefault(path, root)), ...added(ours, together, root)].map(nameOfPath);

/** Which defaults of ours the operator's values replace; that may be, and is told. @param root main section of the chart */
export const replacedDefaults = (ours: unknown, together: unknown, root: string): readonly string[] =>
	changed(ours, together)
		.filter((path) => isDefault(path, root))
		.map(nameOfPath);
