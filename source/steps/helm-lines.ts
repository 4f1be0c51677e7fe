import type {World} from './world.ts';

/**
 * A line of the libraries in Helm that talk to the cluster: severity, date, time, thread and place in their source (Kubernetes, klog). A
 * watch that ended and is begun anew says so there, and means nothing to an operator.
 */
const isOfLibrary = (text: string): boolean => /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+\.go:\d+\]/u.test(text);

/** Tells what Helm says while it works. */
export const helmLines =
	({report}: Pick<World, 'report'>): ((text: string) => void) =>
	(text) =>
		report({kind: 'line', level: isOfLibrary(text) ? 'debug' : 'info', text: `helm: ${text}`});
