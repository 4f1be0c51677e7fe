const factors: Readonly<Record<string, number>> = {
	'': 1,
	m: 1e-3,
	k: 1e3,
	M: 1e6,
	G: 1e9,
	T: 1e12,
	Ki: 1024,
	Mi: 1024 ** 2,
	Gi: 1024 ** 3,
	Ti: 1024 ** 4,
};

/** A Kubernetes quantity as a number: cores for CPU, bytes for memory (`500m` is 0.5, `1Gi` is 1073741824). NaN when it is none. */
export const quantityOf = (text: string): number => {
	const match = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/u.exec(text);
	return match ? Number(match[1]) * (factors[match[2] ?? ''] ?? Number.NaN) : Number.NaN;
};
