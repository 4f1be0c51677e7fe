import * as z from 'zod';

const factors: Readonly<Record<string, number>> = {
	'': 1,
	k: 1e3,
	M: 1e6,
	G: 1e9,
	Ki: 2 ** 10,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
};
const pattern = /^(?<digits>\d+(?:\.\d+)?) ?(?<unit>Ki|Mi|Gi|k|M|G)?B?(?:\/s)?$/u;

/** Bytes a second as text. @returns undefined when it is none, or less than 1024 */
export const bytesPerSecond = (value: string): number | undefined => {
	const {digits, unit = ''} = pattern.exec(value)?.groups ?? {};
	const bytes = Math.floor(Number(digits ?? Number.NaN) * (factors[unit] ?? Number.NaN));
	return bytes >= 1024 ? bytes : undefined;
};

/** Bytes a second: `20MiB`, `500k`, `1.5GB`; at least 1 KiB. */
export const byteRate = z
	.string()
	.refine(
		(value) => bytesPerSecond(value) !== undefined,
		'must be bytes a second such as 20MiB or 500k, at least 1KiB',
	);
