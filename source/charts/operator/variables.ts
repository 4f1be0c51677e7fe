import {isMap} from '../../base/text.ts';
import {containersOf, type RenderedObject} from '../rendered-objects.ts';

/** Texts that the server takes for "no". */
const off = /^(0|n|no|f|false|off)$/iu;

/**
 * Variables of the servers that their charts make from other answers, and those that would do the same by another name: a value here would
 * count instead, without a word. Of a database everything is decided but its pool and the backup before a migration. The servers do not
 * look at the case of what follows their prefix.
 */
const decided = [
	/^ZENML_STORE_(?!(?:POOL|BACKUP|MYDUMPER|MYLOADER|CUSTOM_BACKUP)_|MAX_OVERFLOW$)/iu,
	/^ZENML_SECRETS_STORE_/iu,
	/^ZENML_SERVER_(?:PRO_|EXTERNAL_|DEPLOYMENT_TYPE$|AUTH_SCHEME$|JWT_SECRET_KEY$|(?:RBAC|FEATURE_GATE)_IMPLEMENTATION_SOURCE$)/iu,
	/^ZENML_SERVER_(?:(?:SERVER|BASE|DASHBOARD)_URL|ROOT_URL_PATH|SSL\w*)$/iu,
	/^ZENML_CLOUD_(?:DATABASE|STORE|DB)_(?!POOL_|MAX_OVERFLOW$)/iu,
	/^ZENML_CLOUD_(?:ADMIN_|SERVER_URL$|ROOT_PATH$|PASSWORD_AUTH_ENABLED$)/iu,
	/^(?:ZENML_SERVER|DISABLE_DATABASE_MIGRATION)$/u,
	/^(?:REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SSL_CERT_FILE|SSL_CERT_DIR|FORWARDED_ALLOW_IPS|UVICORN_PROXY_HEADERS)$/u,
] as const;

const telemetry = /^ZENML_(?:\w+_)?ANALYTICS_OPT_IN$/iu;

/** True for a variable that undoes what other answers decide, or what this tool promises. A value that nobody sees may be anything. */
export const isDecidedElsewhere = (name: string, value: string | undefined): boolean =>
	decided.some((pattern) => pattern.test(name)) || (telemetry.test(name) && !off.test(value ?? ''));

const mapAt = (values: unknown, root: string, key: string): Readonly<Record<string, unknown>> => {
	const section = isMap(values) ? values[root] : undefined;
	const found = isMap(section) ? section[key] : undefined;
	return isMap(found) ? found : {};
};

type Setting = {readonly name: string; readonly value: string | undefined};

/** Whatever may be a variable, in any section: keys of maps, and items of lists that have a name. */
const settingsIn = (values: unknown): readonly Setting[] => {
	if (Array.isArray(values)) return values.flatMap(settingsIn);
	if (!isMap(values)) return [];
	const {name, value} = values;
	const item = typeof name === 'string' ? [{name, value: value === undefined ? undefined : String(value)}] : [];
	const keys = Object.entries(values).flatMap(([key, inner]) =>
		// What is taken away with null is left to the chart.
		inner === null ? [] : [{name: key, value: isMap(inner) ? undefined : String(inner)}],
	);
	return [...item, ...keys, ...Object.values(values).flatMap(settingsIn)];
};

/** Names of variables that values set in a way that undoes other answers. */
export const variablesUndoing = (values: unknown): readonly string[] => [
	...new Set(settingsIn(values).flatMap(({name, value}) => (isDecidedElsewhere(name, value) ? [name] : []))),
];

/** Variables by reference to a Secret that values give beside the same ones in clear. */
export const variablesTwice = (ours: unknown, theirs: unknown, root: string): readonly string[] => {
	const section = isMap(theirs) && isMap(theirs[root]) ? theirs[root] : {};
	const others = [section.environmentSecretKeyRefs, mapAt(theirs, root, 'secretEnvironment')];
	const given = new Set(settingsIn(others).map(({name}) => name));
	return variablesIn(ours, root).filter((name) => given.has(name));
};

/** Names of the variables in `environment`. */
export const variablesIn = (values: unknown, root: string): readonly string[] =>
	Object.keys(mapAt(values, root, 'environment'));

/** Values without some variables of `environment`. */
export const withoutVariables = (values: Readonly<Record<string, unknown>>, root: string, names: readonly string[]) => {
	const kept = Object.entries(mapAt(values, root, 'environment')).filter(([name]) => !names.includes(name));
	const section = isMap(values[root]) ? values[root] : {};
	return {...values, [root]: {...section, environment: Object.fromEntries(kept)}};
};

/** The names in the Secrets and ConfigMaps that a container takes whole. */
const namesFrom = (objects: readonly RenderedObject[], sources: readonly string[]): readonly string[] =>
	objects
		.filter(({kind, metadata}) => ['Secret', 'ConfigMap'].includes(kind) && sources.includes(metadata.name))
		.flatMap(({data, stringData}) => [data, stringData].flatMap((map) => (isMap(map) ? Object.keys(map) : [])));

/** Which of these variables a chart sets by itself. @param objects rendered without them */
export const setByChart = (objects: readonly RenderedObject[], names: readonly string[]): readonly string[] => {
	const containers = objects.flatMap((object) => containersOf(object, 'containers', 'initContainers'));
	const own = new Set([
		...containers.flatMap(({env}) => env.map(({name}) => name)),
		...namesFrom(
			objects,
			containers.flatMap(({envFrom}) => envFrom),
		),
	]);
	return names.filter((name) => own.has(name));
};
