import type {Said} from '../objects/events.ts';
import type {Pod} from '../objects/types.ts';
import type {Node, Slot} from './types.ts';

/** The node's way to speak about a container of a pod. */
export const sayOf =
	({record}: Node, pod: Pod, {container, isInit}: Pick<Slot, 'container' | 'isInit'>) =>
	(type: Said['type'], reason: string, message: string): void => {
		const fieldPath = `spec.${isInit ? 'initContainers' : 'containers'}{${container.name}}`;
		record(pod, {component: 'kubelet', type, reason, message, fieldPath});
	};
