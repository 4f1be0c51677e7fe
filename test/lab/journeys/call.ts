import {decodeProtobuf} from '../../../rehearsal/kubernetes/index.ts';
import {type Exchange, isWatchUrl} from './recorder.ts';

/** What stands for the same thing in both worlds: text, or a pattern, and what is put in its place. */
export type Replacement = readonly [string | RegExp, string];

/** An exchange with everything taken out that two runs of one client against one server would not share. */
export type Call = {
	readonly method: string;
	/** Path with its query. */
	readonly url: string;
	readonly isWatch: boolean;
	readonly request: unknown;
	readonly status: number;
	readonly type: string;
	readonly warning: string;
	/** A watch's events are a list. */
	readonly answer: unknown;
};

type Dict = Readonly<Record<string, unknown>>;
export const isDict = (value: unknown): value is Dict =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string, isStream: boolean): unknown => {
	if (text === '') return undefined;
	try {
		// The last line of a watch may have been cut.
		return isStream
			? text
					.split('\n')
					.slice(0, -1)
					.map((line) => JSON.parse(line))
			: JSON.parse(text);
	} catch {
		return text;
	}
};

const visit = (value: unknown, see: (dict: Dict) => void): void => {
	if (Array.isArray(value)) for (const one of value) visit(one, see);
	if (!isDict(value)) return;
	see(value);
	for (const one of Object.values(value)) visit(one, see);
};

/**
 * Names that the cluster made: a ReplicaSet's hash becomes its number among those of its Deployment, in the order in which
 * they were first seen; what is put behind a `generateName` becomes RAND.
 */
const madeNames = (bodies: readonly unknown[]): readonly Replacement[] => {
	const hashes = new Map<string, string>();
	const counts = new Map<string, number>();
	const names = new Map<string, string>();
	visit(bodies, ({metadata, involvedObject}) => {
		// A pod that came and went unseen is still in its events.
		if (isDict(involvedObject) && involvedObject.kind === 'Pod') {
			const [, start] = /^(.*-)[bcdfghjklmnpqrstvwxz2456789]{5}$/u.exec(`${involvedObject.name}`) ?? [];
			if (start) names.set(`${involvedObject.name}`, `${start}RAND`);
		}
		if (!isDict(metadata) || typeof metadata.name !== 'string') return;
		const {name, generateName, labels} = metadata;
		const hash = isDict(labels) ? labels['pod-template-hash'] : undefined;
		if (typeof hash === 'string' && !hashes.has(hash)) {
			const base = name.split(`-${hash}`)[0] ?? '';
			const count = (counts.get(base) ?? 0) + 1;
			counts.set(base, count);
			hashes.set(hash, `HASH${count}`);
		}
		if (typeof generateName === 'string' && name.startsWith(generateName) && name !== generateName)
			names.set(name, `${generateName}RAND`);
	});
	return [...names, ...hashes];
};

// Versions and limits of time that a client picks as it goes; their presence is what counts.
const freeQueries = ['resourceVersion', 'timeoutSeconds', 'continue', 'timeout', 'hash'];
const plainUrl = (url: string): string => {
	const [path = '', query = ''] = url.split('?');
	const pairs = query.split('&').flatMap((pair) => {
		if (pair === '') return [];
		const [key = '', value = ''] = pair.split('=');
		return [freeQueries.includes(key) ? key : value === '' ? key : `${key}=${decodeURIComponent(value)}`];
	});
	return pairs.length === 0 ? path : `${path}?${pairs.sort().join('&')}`;
};

const patterns: readonly Replacement[] = [
	[/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----(\\n|\n)*/gsu, 'CERTIFICATE '],
	[/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu, 'UID'],
	[/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)/gu, 'TIME'],
	[/\b[0-9a-f]{64}\b/gu, 'SHA256'],
	[/(zenml-airgap-probe-[a-z]+)-[0-9a-f]{6}\b/gu, '$1-RAND'],
	[/\bdefault-scheduler-[a-z]+\b/gu, 'default-scheduler-HOST'],
	[/"pid\\?":\d+|"birth\\?":\\?"\d+|"runId\\?":\\?"[0-9a-f]{8}|"startedAt\\?":\d+|root@\S+\/[0-9a-f]{8}/gu, 'RUN'],
	[/kube-api-access-[a-z0-9]{5}\b/gu, 'kube-api-access-RAND'],
	[/containerd:\/\/SHA256/gu, 'CONTAINER'],
	[/\.[0-9a-f]{16}\b/gu, '.EVENT'],
	[/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/gu, 'IP'],
];

/** Makes calls of the exchanges of one world. `world` holds what only this world calls so: its addresses, its nodes. */
export const callsOf = (exchanges: readonly Exchange[], world: readonly Replacement[]): readonly Call[] => {
	const raw = exchanges.map((exchange) => {
		const isWatch = isWatchUrl(exchange.url);
		return {
			...exchange,
			isWatch,
			request: exchange.contentType.includes('protobuf')
				? decodeProtobuf(exchange.requestBody)
				: parse(exchange.requestBody.toString('utf8'), false),
			answer:
				exchange.answerType.includes('json') || isWatch ? parse(exchange.answerBody, isWatch) : exchange.answerBody,
		};
	});
	const made = madeNames(raw.map(({answer}) => answer)).toSorted(([a], [b]) => `${b}`.length - `${a}`.length);
	const replacements = [...made, ...world, ...patterns];
	const inText = (text: string): string =>
		replacements.reduce((before, [from, to]) => before.replaceAll(from, to), text);
	const plain = (value: unknown): unknown => {
		if (typeof value === 'string') return inText(value);
		if (Array.isArray(value)) return value.map(plain);
		if (!isDict(value)) return value;
		return Object.fromEntries(Object.entries(value).map(([key, one]) => [inText(key), plain(one)]));
	};
	return raw.map(({method, url, isWatch, request, status, answerType, warning, answer}) => ({
		method,
		url: inText(plainUrl(url)),
		isWatch,
		request: plain(request),
		status,
		type: answerType.toLowerCase(),
		warning: inText(warning),
		answer: plain(answer),
	}));
};
