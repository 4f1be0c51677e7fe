import {isMissing} from '../errors.ts';
import type {KubeObject} from '../kinds.ts';
import {clusterProblems} from '../problems.ts';
import type {Requests} from '../requests.ts';
import type {Selection} from '../types.ts';
import {nameOf} from './names.ts';
import type {Paths} from './resources.ts';
import {listShape, objectShape} from './shapes.ts';
import type {ObjectApi} from './types.ts';
import {unless} from './unless.ts';

/**
 * Objects in one answer; the rest follows by `continue` (Kubernetes API concepts, "Retrieving large results sets in
 * chunks").
 */
const pageSize = 500;

/** The longest list that is read: objects, answers, and characters of all answers. What is longer is none of a cluster. */
const most = {objects: 20_000, pages: 200, characters: 128 * 1024 * 1024} as const;

/** How much of a list has been read. */
type Read = {readonly objects: number; readonly pages: number; readonly characters: number};

const isTooLong = ({objects, pages, characters}: Read): boolean =>
	objects > most.objects || pages > most.pages || characters > most.characters;

const countOf = (body: unknown): number => {
	const items = (body as {readonly items?: unknown} | null)?.items;
	return Array.isArray(items) ? items.length : 0;
};

const selectorsOf = ({labelSelector, fieldSelector}: Selection) => ({
	labelSelector: labelSelector || undefined,
	fieldSelector: fieldSelector || undefined,
});

/** Looking at objects. @throws ProblemError `kubernetes-unreadable`, `kubernetes-answer-too-long` */
export const createReads = (requests: Requests, paths: Paths): Pick<ObjectApi, 'get' | 'list' | 'listVersioned'> => {
	const get: ObjectApi['get'] = async (reference, signal) => {
		const path = await paths.find(reference, signal);
		if (path === undefined) return undefined;
		const sent = requests.send({method: 'GET', path, deed: `read ${nameOf(reference)}`, signal});
		return (await unless(isMissing, sent))?.as(objectShape(reference.kind));
	};
	const listVersioned: ObjectApi['listVersioned'] = async (of, signal) => {
		const {apiVersion, kind} = of;
		const path = await paths.demand(of, signal);
		const deed = `list ${kind} objects${of.namespace ? ` of ${of.namespace}` : ''}`;
		const shape = listShape(kind);
		const items: KubeObject[][] = [];
		let read: Read = {objects: 0, pages: 0, characters: 0};
		for (let next: string | undefined; ; ) {
			const query = {...selectorsOf(of), limit: String(pageSize), continue: next};
			const answer = await requests.send({method: 'GET', path, query, deed, isList: true, signal});
			read = {
				objects: read.objects + countOf(answer.body),
				pages: read.pages + 1,
				characters: read.characters + answer.text.length,
			};
			if (isTooLong(read)) throw clusterProblems.error('kubernetes-answer-too-long', {server: requests.server(), deed});
			const page = answer.as(shape);
			items.push((page.items ?? []).map((item) => ({...item, apiVersion, kind})));
			next = page.metadata?.continue;
			if (!next) return {items: items.flat(), resourceVersion: page.metadata?.resourceVersion ?? ''};
		}
	};
	return {get, listVersioned, list: async (of, signal) => (await listVersioned(of, signal)).items};
};
