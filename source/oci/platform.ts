/** As image configurations name it: `linux`, `arm`, `v7`. */
export type Platform = {readonly os: string; readonly architecture: string; readonly variant?: string};

/** A platform as JSON has it, where a variant may also be null. */
type Written = {readonly os: string; readonly architecture: string; readonly variant?: string | null | undefined};

export const platformOf = ({os, architecture, variant}: Written): Platform => ({
	os,
	architecture,
	...(variant ? {variant} : {}),
});

/** `linux/arm/v7`. */
export const platformText = ({os, architecture, variant}: Written): string =>
	[os, architecture, ...(variant ? [variant] : [])].join('/');

/** An arm64 without a variant is a v8 (containerd, platforms/normalization). */
const variantOf = ({architecture, variant}: Platform): string | undefined =>
	variant ?? (architecture === 'arm64' ? 'v8' : undefined);

/** @param wanted `linux/arm/v7`; without a variant any will do */
export const isPlatform = (platform: Platform, wanted: string): boolean => {
	const [os, architecture, variant] = wanted.split('/');
	if (platform.os !== os || platform.architecture !== architecture) return false;
	return variant === undefined || variant === variantOf(platform);
};
