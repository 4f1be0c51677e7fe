import * as z from 'zod';
import {quantityOf} from '../base/quantity.ts';

const pattern = /^(?<digits>\d+(?:\.\d+)?) ?(?<unit>Ki|Mi|Gi|k|M|G)?B?(?:\/s)?$/u;

/** Bytes a second as text. @returns undefined when it is none, or less than 1024 */
export const bytesPerSecond = (value: string): number | undefined => {
	const {digits = '', unit = ''} = pattern.exec(value)?.groups ?? {};
	const bytes = Math.floor(quantityOf(`${digits}${unit}`));
	return bytes >= 1024 ? bytes : undefined;
};

/** Bytes a second: `20MiB`, `500k`, `1.5GB`; at least 1 KiB. */
export const byteRate = z
	.string()
	.refine((value) => bytesPerSecond(value) !== undefined, 'be bytes a second such as 20MiB or 500k, at least 1KiB');
