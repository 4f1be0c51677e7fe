import {stripVTControlCharacters} from 'node:util';
import {withoutInputs} from '../../base/redact/inputs.ts';
import {KubernetesError} from '../errors.ts';
import type {Requests} from '../requests.ts';
import {nameOf} from './names.ts';
import {objectPath} from './resources.ts';
import type {ObjectApi} from './types.ts';

/** What kubelet and kube-apiserver say of a log that is not there yet. */
const notYet =
	/previous terminated container \S+ (?:\S+ ){0,5}not found|is waiting to start|ContainerCreating|PodInitializing|does not have a host assigned|container \S+ in pod \S+ is not available/u;

/** Logs that are not there yet are empty, not an error. */
const isNoLogYet = (error: unknown): boolean =>
	error instanceof KubernetesError && error.status === 400 && notYet.test(error.said);

/** A log as people read it: programs color their lines without a terminal, too. */
const linesOf = (text: string): readonly string[] =>
	text === '' ? [] : withoutInputs(stripVTControlCharacters(text)).replace(/\n$/u, '').split('\n');

/** The last lines of a container's log, without colors, and without the inputs that a validation complains of. */
export const createLogs =
	(requests: Requests): ObjectApi['logs'] =>
	async ({namespace, name, container}, {tailLines, previous, signal}) => {
		const path = `${objectPath({plural: 'pods', namespaced: true}, {apiVersion: 'v1', namespace, name})}/log`;
		const query = {container, tailLines: String(tailLines), previous: previous ? 'true' : undefined};
		const deed = `read the log of ${nameOf({kind: 'pod', name, namespace})}`;
		try {
			const {text} = await requests.send({method: 'GET', path, query, deed, signal});
			return linesOf(text);
		} catch (error) {
			if (isNoLogYet(error)) return [];
			throw error;
		}
	};
