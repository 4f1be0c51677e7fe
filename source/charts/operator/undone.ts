import {isMap} from '../../base/text.ts';
import {leavesOf, nameOfPath} from '../effect/leaves.ts';

/** Below the main section: what other answers decide, and what this tool promises. */
const promised = [
	'analyticsOptIn',
	'auth.jwtSecretKey',
	'auth.password',
	'certificates',
	'database',
	'gateway',
	'image',
	'ingress.host',
	'ingress.tls',
	'pro',
	'secretsStore',
	'serverURL',
];

const isPromised = (path: readonly string[], root: string): boolean => {
	const [section, ...rest] = path;
	if (section === 'imagePullSecrets') return true;
	const dotted = rest.join('.');
	return section === root && promised.some((key) => dotted === key || dotted.startsWith(`${key}.`));
};

const valueAt = (values: unknown, path: readonly string[]): unknown =>
	path.reduce<unknown>((at, key) => {
		if (Array.isArray(at)) return at[Number(key)];
		return isMap(at) ? at[key] : undefined;
	}, values);

/**
 * What of our values the operator's would undo: the address of the store, membership, telemetry, images, encryption.
 * @param root main section of the chart
 */
export const undoneBy = (ours: unknown, together: unknown, root: string): readonly string[] =>
	leavesOf(ours)
		.filter(({path, value}) => isPromised(path, root) && valueAt(together, path) !== value)
		.map(({path}) => nameOfPath(path));
