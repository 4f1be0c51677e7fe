import {type Platform, platformText} from '../../oci/platform.ts';
import {createProblems} from './problems.ts';

/**
 * Is it the platform that is wanted (`linux/arm64`)? A variant counts only where both sides name one: `linux/arm64` means
 * `linux/arm64/v8` to everybody.
 */
export const isWanted = (wanted: string, {os, architecture, variant}: Platform): boolean => {
	const [ofOs, ofArchitecture, ofVariant] = wanted.split('/');
	return (
		ofOs === os &&
		ofArchitecture === architecture &&
		(ofVariant === undefined || variant === undefined || ofVariant === variant)
	);
};

/** @throws ProblemError `bundle-create-platform` where an image lacks a platform that is wanted */
export const requirePlatforms = (image: string, has: readonly Platform[], wanted: readonly string[]): void => {
	const absent = wanted.filter((one) => !has.some((platform) => isWanted(one, platform))).join(', ');
	if (absent === '') return;
	if (has.length === 0) throw createProblems.error('bundle-create-platform', {case: 'none', image, absent});
	const names = has.map(platformText).join(', ');
	throw createProblems.error('bundle-create-platform', {case: 'others', image, absent, has: names});
};
