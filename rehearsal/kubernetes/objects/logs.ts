import {ApiError, badRequest} from './errors.ts';
import type {ContainerStatus, Pod} from './types.ts';

/** What containers wrote: the current run and the one before, at most 2,000 lines each. */
export type Logs = {
	/** Begin a new run of a container; what it wrote until now becomes its previous log. */
	readonly start: (uid: string, container: string) => void;
	/** Append text to the current run; each of its lines counts. */
	readonly write: (uid: string, container: string, text: string) => void;
	/** Drop everything that the containers of a pod wrote. */
	readonly forget: (uid: string) => void;
	/** The lines of a container's current or previous run; undefined when there was no such run. */
	readonly lines: (uid: string, container: string, previous?: boolean) => readonly string[] | undefined;
};

const limit = 2000;

export const createLogs = (): Logs => {
	const current = new Map<string, readonly string[]>();
	const previous = new Map<string, readonly string[]>();
	const keyOf = (uid: string, container: string): string => `${uid}/${container}`;
	return {
		start: (uid, container) => {
			const key = keyOf(uid, container);
			const before = current.get(key);
			if (before) previous.set(key, before);
			current.set(key, []);
		},
		write: (uid, container, text) => {
			const key = keyOf(uid, container);
			current.set(key, [...(current.get(key) ?? []), ...text.split('\n')].slice(-limit));
		},
		forget: (uid) => {
			for (const runs of [current, previous])
				for (const key of runs.keys()) if (key.startsWith(`${uid}/`)) runs.delete(key);
		},
		lines: (uid, container, isPrevious = false) => (isPrevious ? previous : current).get(keyOf(uid, container)),
	};
};

const chooseContainer = (pod: Pod, asked: string | null): string => {
	const names = pod.spec.containers.map((container) => container.name);
	const init = (pod.spec.initContainers ?? []).map((container) => container.name);
	const {name} = pod.metadata;
	if (asked) {
		if ([...names, ...init].includes(asked)) return asked;
		throw badRequest(`container ${asked} is not valid for pod ${name}`);
	}
	const [only] = names;
	if (names.length === 1 && only) return only;
	const choices = `[${names.join(' ')}]${init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''}`;
	throw badRequest(`a container name must be specified for pod ${name}, choose one of: ${choices}`);
};

/** Why there is no log; undefined when there is just nothing in it yet. */
const absence = (pod: Pod, container: string, isPrevious: boolean): ApiError | undefined => {
	const what = `container "${container}" in pod "${pod.metadata.name}"`;
	if (isPrevious) return badRequest(`previous terminated ${what} not found`);
	const {containerStatuses = [], initContainerStatuses = []} = pod.status ?? {};
	const status: ContainerStatus | undefined = [...containerStatuses, ...initContainerStatuses].find(
		(one) => one.name === container,
	);
	const reason = status?.state.waiting?.reason;
	if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff')
		return badRequest(`${what} is waiting to start: trying and failing to pull image`);
	if (reason !== undefined) return badRequest(`${what} is waiting to start: ${reason}`);
	if (status || pod.spec.nodeName) return undefined;
	return new ApiError(400, 'BadRequest', `pod ${pod.metadata.name} does not have a host assigned`);
};

/**
 * The text for `GET …/pods/NAME/log` with the parameters `container`, `previous` and `tailLines`; it is answered as it is now and
 * never followed. Throws a 400 when the container is unknown or has not started.
 */
export const readLog = (logs: Logs, pod: Pod, query: URLSearchParams): string => {
	const container = chooseContainer(pod, query.get('container'));
	const isPrevious = query.get('previous') === 'true';
	const lines = logs.lines(pod.metadata.uid, container, isPrevious);
	if (!lines) {
		const why = absence(pod, container, isPrevious);
		if (why) throw why;
		return '';
	}
	const tail = query.get('tailLines');
	const wanted = tail ? lines.slice(Math.max(0, lines.length - Number(tail))) : lines;
	return wanted.map((line) => `${line}\n`).join('');
};
