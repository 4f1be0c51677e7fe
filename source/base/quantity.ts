/**
 * A Kubernetes quantity as it is written: a number, then a decimal or binary unit or an exponent
 * (k8s.io/apimachinery, pkg/api/resource/quantity.go). Without its sign: no amount of this program is below zero.
 */
export const quantityPattern = /^(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+|[KMGTPE]i|[numkMGTPE])?$/u;

const factors: Readonly<Record<string, number>> = {
	'': 1,
	n: 1e-9,
	u: 1e-6,
	m: 1e-3,
	k: 1e3,
	M: 1e6,
	G: 1e9,
	T: 1e12,
	P: 1e15,
	E: 1e18,
	Ki: 2 ** 10,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
	Ti: 2 ** 40,
	Pi: 2 ** 50,
	Ei: 2 ** 60,
};

/**
 * A Kubernetes quantity as a number: cores for CPU, bytes for memory (`500m` is 0.5, `1Gi` is 1073741824, `2e3` is 2000).
 * NaN when it is none, so that no comparison with it holds.
 */
export const quantityOf = (text: string): number => {
	const [, number = '', unit = ''] = quantityPattern.exec(text) ?? [];
	if (number === '') return Number.NaN;
	const factor = factors[unit];
	// The only unit that is no factor is an exponent, which JavaScript writes as Kubernetes does.
	return factor === undefined ? Number(`${number}${unit}`) : Number(number) * factor;
};
