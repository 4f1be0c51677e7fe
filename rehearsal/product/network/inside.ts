import type {Pod} from '../../kubernetes/index.ts';
import type {Answer, Request} from '../messages.ts';
import type {Cluster} from '../pod-view.ts';
import {podBehind} from '../routing.ts';
import {NameError, type PodNetwork} from './pod-network.ts';

const contentOf = ({json, html, text}: Answer): {readonly type: string; readonly body: string} => {
	if (html !== undefined) return {type: 'text/html; charset=utf-8', body: html};
	return text === undefined
		? {type: 'application/json', body: JSON.stringify(json)}
		: {type: 'text/plain; charset=utf-8', body: text};
};

const refused = (): Error => Object.assign(new Error('[Errno 111] Connection refused'), {code: 'ECONNREFUSED'});

/**
 * Services as pods reach them, by name and plain HTTP. No NetworkPolicy is enforced here, as in many clusters.
 * @param answer what the server in a pod answers
 */
export const insideOf =
	(
		cluster: () => Cluster,
		answer: (pod: Pod, request: Request) => Promise<Answer>,
	): NonNullable<PodNetwork['inside']> =>
	async (url, form) => {
		const pod = podBehind(cluster(), url);
		if (pod === undefined) throw new NameError(url.hostname);
		if (pod === 'none') throw refused();
		const answered = await answer(pod, {
			method: form === undefined ? 'GET' : 'POST',
			path: url.pathname,
			query: url.searchParams,
			headers: form === undefined ? {} : {'content-type': 'application/x-www-form-urlencoded'},
			body: form ?? '',
		});
		return {status: answered.status, ...contentOf(answered)};
	};
