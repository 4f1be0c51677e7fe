import {splitProblems} from './problems.ts';

const units: Readonly<Record<string, number>> = {
	'': 1,
	b: 1,
	k: 1024,
	m: 1024 ** 2,
	g: 1024 ** 3,
	t: 1024 ** 4,
	kb: 1000,
	mb: 1000 ** 2,
	gb: 1000 ** 3,
	tb: 1000 ** 4,
};

const mebibyte = 1024 ** 2;

/** The largest file that FAT32 takes has one byte less (Microsoft, "FAT: General Overview of On-Disk Format"). */
const fatLimit = 4 * 1024 ** 3;

const refused = (text: string, name: 'no number' | 'too small' | 'too large') =>
	splitProblems.error('bundle-split-size', {case: name, text});

/**
 * The size of a part as people write it: `700M`, `4G`, `25GiB` count in powers of 1024, `4.7GB` in powers of 1000. Rounded
 * down to whole MiB; 4 GiB becomes one MiB less, because who asks for 4G carries on FAT32, whose files are shorter than that.
 * @returns bytes
 * @throws ProblemError `bundle-split-size`
 */
export const parsePartSize = (text: string): number => {
	const [, number = '', suffix = ''] = /^(\d{1,15}(?:\.\d{1,3})?)\s*([kmgt]?(?:i?b)?)$/iu.exec(text.trim()) ?? [];
	if (number === '') throw refused(text, 'no number');
	const unit = suffix.toLowerCase();
	const factor = units[unit] ?? units[unit.charAt(0)] ?? 1;
	const whole = Math.floor((Number(number) * factor) / mebibyte) * mebibyte;
	if (whole < mebibyte) throw refused(text, 'too small');
	if (!Number.isSafeInteger(whole)) throw refused(text, 'too large');
	return whole === fatLimit ? fatLimit - mebibyte : whole;
};
