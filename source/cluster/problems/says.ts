/**
 * The two texts that a sign of trouble always has: a few words for the row of a pod, and the message that names the pod
 * with them and with the reason in Kubernetes' own word.
 */
const texts = <const Short extends string, const Before extends string>(short: Short, before: Before) =>
	({short, message: `The {kind} {name}${before} ${short} ({reason}).`}) as const;

/** For what is so around it: `a quota of the namespace is used up`. */
export const says = <const Short extends string>(short: Short) => texts(short, ':');

/** For what it does itself: `keeps crashing`. */
export const does = <const Short extends string>(short: Short) => texts(short, '');

/** For what keeps its containers from being made: `the image is not in the registry`. */
export const cannotStart = <const Short extends string>(short: Short) => texts(short, ' cannot start:');
