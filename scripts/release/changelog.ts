/**
 * The section of a version in the changelog, without those of others.
 * @throws Error where it has none
 */
export const changesOf = (changelog: string, version: string): string => {
	const sections = changelog.split(/^(?=## )/mu);
	const own = sections.find((section) => section.startsWith(`## ${version}\n`) || section.startsWith(`## ${version},`));
	if (own === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}"`);
	return `${own.trimEnd()}\n`;
};
