import type {ServerResponse} from 'node:http';
import {ApiError, badRequest} from './errors.ts';
import type {Pod} from './objects.ts';

type Line = {readonly at: number; readonly text: string};
type Stream = {lines: Line[]; readonly followers: Set<(line: Line | undefined) => void>; ended: boolean};

/** What containers wrote: the current run and the one before, at most 2,000 lines each. */
export type Logs = {
	/** Begin a new run of a container; what it wrote until now becomes its previous log. */
	readonly start: (uid: string, container: string) => void;
	readonly write: (uid: string, container: string, text: string, at: Date) => void;
	/** The container ended: followers have read all there is. */
	readonly end: (uid: string, container: string) => void;
	readonly forget: (uid: string) => void;
	readonly stream: (uid: string, container: string, previous: boolean) => Stream | undefined;
	/** All lines of a container's current run; for the owner of the cluster. */
	readonly lines: (uid: string, container: string) => readonly string[];
};

const limit = 2000;

export const createLogs = (): Logs => {
	const current = new Map<string, Stream>();
	const previous = new Map<string, Stream>();
	const key = (uid: string, container: string): string => `${uid}/${container}`;
	const finish = (stream: Stream | undefined): void => {
		if (!stream || stream.ended) return;
		stream.ended = true;
		for (const follower of [...stream.followers]) follower(undefined);
		stream.followers.clear();
	};
	const open = (id: string): Stream => {
		const stream: Stream = {lines: [], followers: new Set(), ended: false};
		current.set(id, stream);
		return stream;
	};
	return {
		start: (uid, container) => {
			const id = key(uid, container);
			const before = current.get(id);
			finish(before);
			if (before) previous.set(id, before);
			open(id);
		},
		write: (uid, container, text, at) => {
			const id = key(uid, container);
			const stream = current.get(id) ?? open(id);
			for (const part of text.split('\n')) {
				const line = {at: at.getTime(), text: part};
				stream.lines.push(line);
				for (const follower of [...stream.followers]) follower(line);
			}
			if (stream.lines.length > limit) stream.lines = stream.lines.slice(-limit);
		},
		end: (uid, container) => finish(current.get(key(uid, container))),
		forget: (uid) => {
			for (const streams of [current, previous]) {
				for (const [id, stream] of streams) {
					if (!id.startsWith(`${uid}/`)) continue;
					finish(stream);
					streams.delete(id);
				}
			}
		},
		stream: (uid, container, isPrevious) => (isPrevious ? previous : current).get(key(uid, container)),
		lines: (uid, container) => (current.get(key(uid, container))?.lines ?? []).map((line) => line.text),
	};
};

const chooseContainer = (pod: Pod, asked: string | null): string => {
	const names = pod.spec.containers.map((container) => container.name);
	const init = (pod.spec.initContainers ?? []).map((container) => container.name);
	const name = pod.metadata.name;
	if (!asked) {
		if (names.length === 1 && names[0]) return names[0];
		const choices = `[${names.join(' ')}]${init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''}`;
		throw badRequest(`a container name must be specified for pod ${name}, choose one of: ${choices}`);
	}
	if (![...names, ...init].includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
	return asked;
};

/**
 * Answer `GET …/pods/NAME/log` with the parameters `container`, `follow`, `previous`, `tailLines`, `sinceSeconds`,
 * `limitBytes` and `timestamps`. Throws a 400 when the container is unknown or has not started.
 */
export const serveLogs = (
	logs: Logs,
	pod: Pod,
	query: URLSearchParams,
	response: ServerResponse,
	now: Date,
	signal: AbortSignal,
): void => {
	const container = chooseContainer(pod, query.get('container'));
	const isPrevious = query.get('previous') === 'true';
	const stream = logs.stream(pod.metadata.uid, container, isPrevious);
	const status = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(
		(one) => one.name === container,
	);
	if (isPrevious && !stream) {
		throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
	}
	const waiting = status?.state.waiting;
	if (waiting && !stream) {
		const why =
			waiting.reason === 'ErrImagePull' || waiting.reason === 'ImagePullBackOff'
				? 'trying and failing to pull image'
				: waiting.reason;
		throw badRequest(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${why}`);
	}
	if (!status && !stream && !pod.spec.nodeName) {
		throw new ApiError(400, 'BadRequest', `pod ${pod.metadata.name} does not have a host assigned`);
	}
	const since = query.get('sinceSeconds');
	const tail = query.get('tailLines');
	let lines = stream?.lines ?? [];
	if (since) lines = lines.filter((line) => line.at >= now.getTime() - Number(since) * 1000);
	if (tail) lines = Number(tail) === 0 ? [] : lines.slice(-Number(tail));
	const stamps = query.get('timestamps') === 'true';
	const print = (line: Line): string => `${stamps ? `${new Date(line.at).toISOString()} ` : ''}${line.text}\n`;

	const text = lines.map(print).join('');
	const bytes = query.get('limitBytes');
	response.writeHead(200, {'content-type': 'text/plain'});
	response.write(bytes ? Buffer.from(text).subarray(0, Number(bytes)) : text);
	if (query.get('follow') !== 'true' || !stream || stream.ended) {
		response.end();
		return;
	}
	const follower = (line: Line | undefined): void => {
		if (line) response.write(print(line));
		else response.end();
	};
	stream.followers.add(follower);
	const leave = (): void => {
		stream.followers.delete(follower);
		signal.removeEventListener('abort', leave);
		response.end();
	};
	signal.addEventListener('abort', leave, {once: true});
	response.on('close', leave);
};
