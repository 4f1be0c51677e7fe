import type {Program} from './programs.ts';
import type {Commit} from './tree.ts';

/** What was there when a release was made. */
export type Making = Commit & {
	readonly version: string;
	/** As `node --version` and `npm --version` say. */
	readonly node: string;
	readonly npm: string;
	/** Hex, of package-lock.json. */
	readonly lockSha256: string;
	readonly programs: readonly Program[];
	/** Names of the executables that were made. */
	readonly executables: readonly string[];
};

/** `PROVENANCE.txt`: what a release was made from, and how anybody makes the same bytes. */
export const provenanceText = (making: Making): string => {
	const {version, commit, tree, epoch, node, npm, lockSha256, programs, executables} = making;
	return [
		`zenml-airgap ${version}: what it was made from`,
		'',
		`Commit:             ${commit}`,
		`Tree:               ${tree}`,
		`Time:               ${new Date(epoch * 1000).toISOString()} (SOURCE_DATE_EPOCH=${epoch})`,
		`Node:               ${node}`,
		`npm:                ${npm}`,
		`package-lock.json:  SHA-256 ${lockSha256}`,
		`Executables:        ${executables.join(', ') || 'none were made'}`,
		'',
		'Programs inside the executables, as they came',
		...programs.flatMap(({name, version: own, source, sha256}) => [
			`  ${name} ${own}: ${source}`,
			`    SHA-256 ${sha256}`,
		]),
		'',
		'To make the same bytes again, with git, this npm and Linux on x64',
		`  git checkout ${commit}`,
		`  SOURCE_DATE_EPOCH=${epoch} npm run release`,
		'Then compare build/release/SHA256SUMS with the one that came with this file. Another npm may',
		'pack the .tgz in another way; what is in it is the same.',
		'',
		'Libraries with the sums of their archives: sbom.cdx.json. Nobody but this text says who made it;',
		'who signed SHA256SUMS, which lists this text too, is told by SHA256SUMS.minisig where there is one.',
		'',
	].join('\n');
};
