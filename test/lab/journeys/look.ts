import {setTimeout as sleep} from 'node:timers/promises';
import {send, type Target} from '../api-client.ts';
import {isDict} from './call.ts';
import type {Exchange} from './recorder.ts';

const kinds = [
	['/api/v1', ['configmaps', 'events', 'pods', 'secrets', 'serviceaccounts', 'services']],
	['/apis/apps/v1', ['deployments', 'replicasets']],
	['/apis/batch/v1', ['jobs']],
	['/apis/autoscaling/v2', ['horizontalpodautoscalers']],
	['/apis/networking.k8s.io/v1', ['ingresses']],
	['/apis/policy/v1', ['poddisruptionbudgets']],
	['/apis/rbac.authorization.k8s.io/v1', ['roles', 'rolebindings']],
] as const;

const listOf = async (target: Target, url: string): Promise<Exchange> => {
	const {status, type, warning, body} = await send(target, 'GET', url);
	const text = JSON.stringify(body);
	return {
		method: 'GET',
		url,
		contentType: '',
		requestBody: Buffer.alloc(0),
		status,
		answerType: type,
		warning,
		answerBody: text,
	};
};

const isAtRest = (pod: unknown): boolean => {
	if (!isDict(pod) || !isDict(pod.metadata) || !isDict(pod.status)) return false;
	const {phase, conditions} = pod.status as {phase?: string; conditions?: readonly {type: string; status: string}[]};
	const isReady = conditions?.some(({type, status}) => type === 'Ready' && status === 'True') === true;
	return !pod.metadata.deletionTimestamp && (isReady || phase === 'Succeeded' || phase === 'Failed');
};

// Times and versions apart, which move even where nothing else does.
const still = (exchanges: readonly Exchange[]): string =>
	exchanges
		.filter(({url}) => !url.endsWith('/events'))
		.map(({answerBody}) => answerBody.replaceAll(/"resourceVersion":"\d+"/gu, ''))
		.join('\n');

/**
 * Everything in a namespace once its controllers have nothing more to do: no pod on its way up or down, and two looks that
 * see the same. @throws Error after a minute of unrest.
 */
export const lookAround = async (target: Target, namespace: string): Promise<readonly Exchange[]> => {
	for (let before = '', count = 0; count < 240; count += 1) {
		const exchanges: Exchange[] = [];
		for (const [api, resources] of kinds)
			for (const resource of resources)
				exchanges.push(await listOf(target, `${api}/namespaces/${namespace}/${resource}`));
		const pods = exchanges.find(({url}) => url.endsWith('/pods'));
		const {items = []} = JSON.parse(pods?.answerBody ?? '{}') as {items?: readonly unknown[]};
		const now = still(exchanges);
		if (now === before && items.every(isAtRest)) return exchanges;
		before = now;
		await sleep(250);
	}
	throw new Error(`${target.name}: namespace ${namespace} does not come to rest`);
};
