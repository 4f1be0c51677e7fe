import {ApiError, badRequest} from '../objects/errors.ts';
import type {Logs} from '../objects/logs.ts';
import type {Pod} from '../objects/types.ts';

/** The container that a request means. @throws ApiError 400 where it names none of the pod, or leaves it open */
export const chooseContainer = (pod: Pod, named: string | null): string => {
	const names = pod.spec.containers.map((container) => container.name);
	const init = (pod.spec.initContainers ?? []).map((container) => container.name);
	const {name} = pod.metadata;
	if (named) {
		if ([...names, ...init].includes(named)) return named;
		throw badRequest(`container ${named} is not valid for pod ${name}`);
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
	const status = [...containerStatuses, ...initContainerStatuses].find((one) => one.name === container);
	const reason = status?.state.waiting?.reason;
	if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff')
		return badRequest(`${what} is waiting to start: trying and failing to pull image`);
	if (reason !== undefined) return badRequest(`${what} is waiting to start: ${reason}`);
	if (status || pod.spec.nodeName) return undefined;
	return new ApiError(400, 'BadRequest', `pod ${pod.metadata.name} does not have a host assigned`);
};

/**
 * The text for `GET …/pods/NAME/log` with the parameters `container`, `previous` and `tailLines`; it is answered as it
 * is now and never followed. Throws a 400 when the container is unknown or has not started.
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
