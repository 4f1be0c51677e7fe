import type {ClientRequest, IncomingMessage} from 'node:http';
import {request} from 'node:https';
import {createInterface} from 'node:readline';
import {text as streamText} from 'node:stream/consumers';
import {
	type KubernetesOptions,
	type KubernetesServer,
	type RunPod,
	startKubernetes,
} from '../../../rehearsal/kubernetes/index.ts';
import {type Dict, dict} from '../../../rehearsal/kubernetes/objects/values.ts';

/**
 * Containers for tests, chosen by words in the image name: `missing` cannot be pulled, `crash` ends with 1, `unready` is
 * never ready, and what belongs to a Job, is an init container or has restartPolicy Never ends with 0 after one log line.
 */
export const runByImage: RunPod = async (pod, {container, isInit, env, attempt, log, pulled}) => {
	log(`${container.name} attempt ${attempt} says ${env.GREETING ?? 'nothing'}`);
	if (container.image.includes('missing')) return {waiting: {reason: 'ErrImagePull', message: 'not found'}};
	const [, digest] = container.image.match(/^pulled:(\w+)$/u) ?? [];
	if (digest !== undefined) pulled(`sha256:${digest}`);
	if (container.image.includes('crash')) return {exit: 1};
	const isTask = pod.metadata.ownerReferences?.[0]?.kind === 'Job' || pod.spec.restartPolicy === 'Never';
	if (isInit || isTask) return {exit: 0};
	return container.image.includes('unready') ? {running: true, ready: false, message: 'connection refused'} : 'running';
};

export const fastPace = {readyAfterMs: 20, stopMs: 5, backoffMs: 20, retryMs: 20, addressMs: 10};

export const startCluster = (options: Partial<KubernetesOptions> = {}): Promise<KubernetesServer> =>
	startKubernetes({runPod: runByImage, ingressAddress: '127.0.0.9', pace: fastPace, ...options});

export type Answer = {readonly code: number; readonly body: Dict; readonly text: string; readonly headers: Dict};

const tokenOf = (cluster: KubernetesServer): string => /token: (\S+)/.exec(cluster.kubeconfig)?.[1] ?? '';

export const patchAs = {
	json: 'application/json-patch+json',
	merge: 'application/merge-patch+json',
	strategic: 'application/strategic-merge-patch+json',
	apply: 'application/apply-patch+yaml',
};

/** Opens one HTTPS request to the cluster as its administrator; `line` is like that of HTTP: `GET /api`. */
const open = (
	cluster: KubernetesServer,
	line: string,
	headers: Record<string, string>,
	onResponse: (response: IncomingMessage) => void,
): ClientRequest => {
	const [method = '', path = ''] = line.split(/ (.*)/su);
	const authorization = `Bearer ${tokenOf(cluster)}`;
	const sent = {authorization, 'user-agent': 'tester/1.0', 'content-type': 'application/json', ...headers};
	return request(cluster.url + path, {method, ca: cluster.caPem, headers: sent}, onResponse);
};

const parsed = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return {};
	}
};

const answerOf = ({statusCode = 0, headers}: IncomingMessage, text: string): Answer => ({
	code: statusCode,
	body: dict(parsed(text)),
	text,
	headers,
});

/** Sends one request and reads its answer whole. @param line `POST /api/v1/namespaces` */
export const call = (
	cluster: KubernetesServer,
	line: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<Answer> =>
	new Promise((resolve, reject) => {
		const text = body === undefined ? '' : JSON.stringify(body);
		// Node sends a DELETE without a length, which would leave its body to be the next request.
		const length = {'content-length': String(Buffer.byteLength(text))};
		const sent = open(cluster, line, {...length, ...headers}, (response) => {
			streamText(response).then((answer) => resolve(answerOf(response, answer)), reject);
		});
		sent.on('error', reject);
		sent.end(text);
	});

/** Follows a stream line by line until `onLine` answers true, or the server ends it. */
export const follow = (cluster: KubernetesServer, path: string, onLine: (line: string) => boolean): Promise<void> =>
	new Promise((resolve, reject) => {
		const sent = open(cluster, `GET ${path}`, {}, (response) => {
			// The end that the follower made itself is an error of the stream; the promise is kept by then.
			response.on('error', reject);
			const lines = createInterface({input: response});
			lines.on('error', reject);
			lines.on('line', (line) => {
				if (!onLine(line)) return;
				resolve();
				sent.destroy();
			});
			lines.on('close', resolve);
		});
		sent.on('error', reject);
		sent.end();
	});

/** Look until `probe` answers something, for at most five seconds. */
export const eventually = async <T>(probe: () => T | undefined | false): Promise<T> => {
	for (let round = 0; round < 250; round += 1) {
		const found = probe();
		if (found) return found;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error('what was waited for did not happen in five seconds');
};

export const deployment = (name: string, image: string, extra: Dict = {}): Dict => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {name},
	spec: {
		replicas: 1,
		selector: {matchLabels: {app: name}},
		template: {metadata: {labels: {app: name}}, spec: {containers: [{name: 'main', image, ...extra}]}},
	},
});
