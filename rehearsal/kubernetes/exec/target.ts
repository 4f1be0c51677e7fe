import {chooseContainer} from '../api/log.ts';
import {ApiError, badRequest, notFound} from '../objects/errors.ts';
import {kindById} from '../objects/kinds.ts';
import type {Store} from '../objects/store.ts';
import type {Pod} from '../objects/types.ts';

/** What a request for a command asks for. */
export type Wanted = {
	readonly pod: Pod;
	readonly container: string;
	readonly command: readonly string[];
	readonly stdin: boolean;
	readonly stdout: boolean;
	readonly stderr: boolean;
};

const isOn = (query: URLSearchParams, name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');

/** The pod and container of a request, as kube-apiserver finds them before it asks the node (registry/core/pod). @throws ApiError */
export const wantedIn = (
	store: Store,
	{namespace, name}: {readonly namespace: string; readonly name: string},
	query: URLSearchParams,
): Wanted => {
	const pod = store.get<Pod>('pods', namespace, name);
	if (!pod) throw notFound(kindById('pods'), name);
	const command = query.getAll('command');
	const [stdin, stdout, stderr] = ['stdin', 'stdout', 'stderr'].map((of) => isOn(query, of));
	if (!(stdin || stdout || stderr)) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
	const container = chooseContainer(pod, query.get('container'));
	if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
	return {pod, container, command, stdin: stdin === true, stdout: stdout === true, stderr: stderr === true};
};

/** What the kubelet says of a container that does not run; undefined where it does. */
export const notRunning = ({pod, container}: Wanted): ApiError | undefined => {
	const {containerStatuses = [], initContainerStatuses = []} = pod.status ?? {};
	const status = [...containerStatuses, ...initContainerStatuses].find(({name}) => name === container);
	if (status?.state.running) return undefined;
	const said = `unable to upgrade connection: container not found ("${container}")`;
	return new ApiError(500, 'InternalError', `Internal error occurred: ${said}`, {causes: [{message: said}]});
};
