import {firstOf} from '../base/text.ts';
import {at, type Container, containersOf, podOf, type RenderedObject} from './rendered-objects.ts';

/** What a container may do that no server of the product needs (Kubernetes documentation, "Pod Security Standards"). */
const freedoms = (pod: unknown, {securityContext: own}: Container): readonly string[] => {
	const effective = (key: string): unknown => own[key] ?? at(pod, 'securityContext', key);
	const capabilities = at(own, 'capabilities', 'add');
	return [
		...(effective('runAsUser') === 0 || effective('runAsNonRoot') === false ? ['may run as root'] : []),
		...(own.privileged === true ? ['is privileged: it rules its node'] : []),
		...(own.allowPrivilegeEscalation === true ? ['may gain further rights'] : []),
		...(Array.isArray(capabilities) && capabilities.length > 0 ? [`has capabilities: ${capabilities.join(', ')}`] : []),
	];
};

const hostKeys = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

const openings = (pod: unknown): readonly string[] => {
	const volumes = at(pod, 'volumes');
	const hasHostPath = Array.isArray(volumes) && volumes.some((volume) => at(volume, 'hostPath') !== undefined);
	return [...hostKeys.filter((key) => at(pod, key) === true), ...(hasHostPath ? ['hostPath'] : [])];
};

/** Warnings for pods with rights that they do not need, whoever asked for them; what a chart leaves open says nothing. */
export const loosePods = (object: RenderedObject): readonly string[] => {
	const pod = podOf(object);
	if (!pod) return [];
	const label = `${object.kind} ${object.metadata.name}`;
	const open = openings(pod);
	return [
		...(open.length === 0 ? [] : [`${label}: its pods reach into their node: ${open.join(', ')}.`]),
		...containersOf(object, 'initContainers', 'containers').flatMap((container) => {
			const found = freedoms(pod, container);
			return found.length === 0 ? [] : [`${label}, container ${container.name}: it ${firstOf(found, 4)}.`];
		}),
	];
};
