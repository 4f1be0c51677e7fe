import {isMap} from '../../base/text.ts';
import {containersOf, type RenderedObject} from '../rendered-objects.ts';

/** Texts that the server takes for "no". */
const off = /^(0|n|no|f|false|off)$/iu;

/** Variables of the server that the chart sets from other answers; a value here would count instead, without a word. */
const decided =
	/^(ZENML_STORE_(URL|TYPE|PASSWORD|SSL\w*)|ZENML_SERVER_(PRO_\w+|DEPLOYMENT_TYPE|SERVER_URL|JWT_SECRET_KEY)|ZENML_SECRETS_STORE_\w+|REQUESTS_CA_BUNDLE|SSL_CERT_FILE)$/u;

/** True for a variable that undoes what other answers decide, or what this tool promises. A value that nobody sees may be anything. */
export const isDecidedElsewhere = (name: string, value: string | undefined): boolean =>
	decided.test(name) || (name === 'ZENML_ANALYTICS_OPT_IN' && !off.test(value ?? ''));

const mapAt = (values: unknown, root: string, key: string): Readonly<Record<string, unknown>> => {
	const section = isMap(values) ? values[root] : undefined;
	const found = isMap(section) ? section[key] : undefined;
	return isMap(found) ? found : {};
};

/** Names of variables that values set in a way that undoes other answers. */
export const variablesUndoing = (values: unknown, root: string): readonly string[] => {
	const plain = {...mapAt(values, root, 'environment'), ...mapAt(values, root, 'secretEnvironment')};
	const section = isMap(values) && isMap(values[root]) ? values[root] : {};
	const references: readonly unknown[] = Array.isArray(section.environmentSecretKeyRefs)
		? section.environmentSecretKeyRefs
		: [];
	const named = references.flatMap((item) => (isMap(item) && typeof item.name === 'string' ? [item.name] : []));
	return [
		...Object.entries(plain).flatMap(([name, value]) => (isDecidedElsewhere(name, String(value)) ? [name] : [])),
		...named.filter((name) => isDecidedElsewhere(name, undefined)),
	];
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

/** Which of these variables a chart sets by itself. @param objects rendered without them */
export const setByChart = (objects: readonly RenderedObject[], names: readonly string[]): readonly string[] => {
	const own = new Set(
		objects.flatMap((object) =>
			containersOf(object, 'containers', 'initContainers').flatMap(({env}) => env.map(({name}) => name)),
		),
	);
	return names.filter((name) => own.has(name));
};
