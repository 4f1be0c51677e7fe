/**
 * The two texts that a sign of trouble always has: a few words for the row of a pod, and the message that names the pod
 * with them and with the reason in Kubernetes' own word.
 */
export const says = <const Short extends string>(short: Short) =>
	({short, message: `The {kind} {name}: ${short} ({reason}).`}) as const;
