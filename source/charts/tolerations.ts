/** A toleration of a pod (core/v1). */
export type Toleration = {
	readonly key: string;
	readonly operator: 'Exists' | 'Equal';
	readonly value?: string;
	readonly effect: string;
};

/** `{dedicated: 'ml:NoSchedule'}` as tolerations of a pod; without a value any value is borne. */
export const tolerationsOf = (taints: Readonly<Record<string, string>>): readonly Toleration[] =>
	Object.entries(taints).map(([key, text]) => {
		const [value = '', effect = ''] = text.split(':');
		return value === '' ? {key, operator: 'Exists', effect} : {key, operator: 'Equal', value, effect};
	});
