import {KubernetesError} from '../errors.ts';
import type {Requests} from '../requests.ts';
import type {ClusterPort} from '../types.ts';
import {createLineTeller, logText} from './log-lines.ts';
import {nameOf} from './names.ts';
import {objectPath} from './resources.ts';
import type {ObjectApi} from './types.ts';

/** What kubelet and kube-apiserver say of a log that is not there yet. */
const notYet =
	/previous terminated container \S+ (?:\S+ ){0,5}not found|is waiting to start|ContainerCreating|PodInitializing|does not have a host assigned|container \S+ in pod \S+ is not available/u;

/** Logs that are not there yet are empty, not an error. */
const isNoLogYet = (error: unknown): boolean =>
	error instanceof KubernetesError && error.status === 400 && notYet.test(error.said);

/** The last lines of a container's log, without colors, and without the inputs that a validation complains of. */
export const createLogs =
	(requests: Requests): ObjectApi['logs'] =>
	async ({namespace, name, container}, {tailLines, previous, signal}) => {
		const path = `${objectPath({plural: 'pods', namespaced: true}, {apiVersion: 'v1', namespace, name})}/log`;
		const query = {container, tailLines: String(tailLines), previous: previous ? 'true' : undefined};
		const deed = `read the log of ${nameOf({kind: 'pod', name, namespace})}`;
		try {
			const {text} = await requests.send({method: 'GET', path, query, deed, signal});
			return text === '' ? [] : logText(text).replace(/\n$/u, '').split('\n');
		} catch (error) {
			if (isNoLogYet(error)) return [];
			throw error;
		}
	};

/** The most lines that are told of one log. */
const mostLines = 20_000;

/** The whole log of a pod's only container from its beginning, line by line, until it ends. */
export const createFollowLog =
	(requests: Requests): ClusterPort['followLog'] =>
	async ({namespace, name}, onLine, signal) => {
		const {read, close} = await requests.stream({
			method: 'GET',
			path: `${objectPath({plural: 'pods', namespaced: true}, {apiVersion: 'v1', namespace, name})}/log`,
			query: {follow: 'true'},
			deed: `follow the log of ${nameOf({kind: 'pod', name, namespace})}`,
			signal,
		});
		let told = 0;
		const lines = createLineTeller((line) => {
			told += 1;
			if (told <= mostLines) onLine(line);
		});
		const decoder = new TextDecoder();
		try {
			for await (const chunk of read()) {
				lines.take(decoder.decode(chunk, {stream: true}));
				if (told > mostLines) return;
			}
		} catch (error) {
			// A connection that breaks is as good as one that ends: the caller may follow anew.
			if (signal.aborted) throw error;
		} finally {
			close();
			lines.end();
		}
	};
