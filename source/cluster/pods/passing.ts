import type {Symptom} from './types.ts';

/**
 * Words of trouble that mostly ends by itself: a server that is busy, restarts or is slow, a write that was too late. As
 * kube-apiserver, etcd, the kubelet, containerd and CRI-O write them.
 */
const passingWords = [
	/context deadline exceeded|deadline ?exceeded|timed? ?out|timeout|Client\.Timeout/iu,
	/connection (?:refused|reset)|broken pipe|unexpected EOF|: EOF\b|GOAWAY|connection lost|no endpoints available/iu,
	/the object has been modified|Operation cannot be fulfilled|status unknown for quota/iu,
	/etcdserver:|leader changed|too many requests|currently unable to handle the request|rate limiter|try again/iu,
	/code = (?:Unavailable|DeadlineExceeded|Aborted|Canceled)|context canceled|container runtime (?:is )?(?:down|not ready)/iu,
	/is reserved for|device or resource busy|failed to sync (?:secret|configmap) cache|not registered|final child's PID/iu,
	/Internal error occurred|\b50[0234] [A-Z]|no API token found|InternalError/u,
];

/** True for a text that speaks of trouble which mostly ends by itself. */
export const isPassing = (message: string): boolean => passingWords.some((words) => words.test(message));

/** For trouble that must not end by itself. */
export const unlessPassing = ({message}: Symptom): boolean => !isPassing(message);

/** Pulls that fail over the network pass, until they have failed that often: the kubelet waits 10 s, 20 s, 40 s, … between them. */
export const afterPulls =
	(most: number) =>
	({failedPulls = 0}: Symptom): boolean =>
		failedPulls >= most;
