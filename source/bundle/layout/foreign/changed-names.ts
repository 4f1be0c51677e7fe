/** Names of a bundle as ISO 9660 cuts them to eight letters and three, which mounting may turn into small ones again. */
const cut: ReadonlySet<string> = new Set([
	'bundle.jso',
	'sha256su',
	'sha256su.min',
	'images/index.jso',
	'images/oci_layo',
]);

/** Names that a medium has put into capitals, or with the version that ISO 9660 gives each file. */
const isChanged = (name: string): boolean => {
	const plain = name.replace(/;1$/u, '').replace(/\.$/u, '');
	const known = cut.has(plain.toLowerCase());
	return known || /^(?:IMAGES|CHARTS)(?:\/|$)/u.test(name) || /^BUNDLE\.JSON/u.test(name);
};

/** @param names of files, relative to a folder @returns one that is not as it was, where there is one */
export const changedName = (names: Iterable<string>): string | undefined => {
	for (const name of names) if (isChanged(name)) return name;
	return undefined;
};
