import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
	cpSync,
	createReadStream,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {filesBelow} from '../../source/base/files.ts';
import {writeSums} from '../../source/bundle/signature/checksums.ts';
import type {SigningKey} from '../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../source/minisign/write-minisig.ts';
import {changesOf} from './changelog.ts';
import {licensesText, notAllowed} from './licenses.ts';
import {readLock} from './lock.ts';
import {copyPictures, packForNpm} from './npm-package.ts';
import {programsInside} from './programs.ts';
import {provenanceText} from './provenance.ts';
import {sbomText} from './sbom.ts';
import type {Commit} from './tree.ts';

/** What a release is made with. */
export type Release = {
	/** Folder of the project, absolute, with its libraries installed. */
	readonly root: string;
	/** Folder that is made anew; what lay there is taken away. Absolute. */
	readonly out: string;
	readonly commit: Commit;
	/** Puts the executables into a folder. @returns their names */
	readonly executables: (folder: string) => Promise<readonly string[]>;
	/** Signs the list of checksums. */
	readonly key?: SigningKey | undefined;
	readonly say: (text: string) => void;
};

const sumOf = async (file: string): Promise<string> => {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file, {highWaterMark: 1 << 20}), hash);
	return `sha256:${hash.digest('hex')}`;
};

const sumsOf = async (folder: string): Promise<string> => {
	const sums = new Map<string, string>();
	for (const name of await filesBelow(folder)) sums.set(name, await sumOf(path.join(folder, name)));
	return writeSums(sums);
};

/** The trusted comment, with the fields that minisign writes; its time is the commit's, so that twice is the same. */
const signatureOf = (sums: string, key: SigningKey, version: string, {epoch, commit}: Commit): string =>
	writeMinisig(
		Buffer.from(sums),
		key,
		[`timestamp:${epoch}`, 'file:SHA256SUMS', 'hashed', `zenml-airgap:${version}`, `commit:${commit}`].join('\t'),
	);

const writePapers = async (
	folder: string,
	executables: readonly string[],
	{root, commit}: Release,
	version: string,
) => {
	const lock = readLock(root);
	const wrong = notAllowed(lock.libraries);
	if (wrong.length > 0)
		throw new Error(`Licences that nobody has looked at (scripts/release/licenses.ts): ${wrong.join(', ')}`);
	const programs = await programsInside(root);
	const put = (name: string, text: string): void => writeFileSync(path.join(folder, name), text, {mode: 0o644});
	const lockText = readFileSync(path.join(root, 'package-lock.json'));
	put('sbom.cdx.json', sbomText({version, lock, programs, epoch: commit.epoch}));
	put('LICENSES.txt', licensesText(root, lock.libraries, programs));
	put('CHANGES.md', changesOf(readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'), version));
	put(
		'PROVENANCE.txt',
		provenanceText({
			...commit,
			version,
			node: process.version,
			npm: execFileSync('npm', ['--version'], {encoding: 'utf8'}).trim(),
			lockSha256: createHash('sha256').update(lockText).digest('hex'),
			programs,
			executables,
		}),
	);
	for (const name of ['docs', 'SECURITY.md']) cpSync(path.join(root, name), path.join(folder, name), {recursive: true});
	copyPictures(root, folder);
};

const fill = async (folder: string, work: string, release: Release): Promise<void> => {
	const {root, commit, key, say} = release;
	const {version} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {readonly version: string};
	// First what may be refused, for an executable takes its time.
	changesOf(readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'), version);
	say('packing for npm');
	packForNpm(root, work, folder);
	const executables = await release.executables(folder);
	say('writing what belongs to it');
	await writePapers(folder, executables, release, version);
	const sums = await sumsOf(folder);
	writeFileSync(path.join(folder, 'SHA256SUMS'), sums);
	if (key) writeFileSync(path.join(folder, 'SHA256SUMS.minisig'), signatureOf(sums, key, version, commit));
};

/**
 * Makes what would be published: executables, archive for npm, checksums and their signature, bill of materials, licences, where it
 * comes from, what changed, documents. Of one commit twice the same bytes. The folder gets its name when it is whole.
 * @throws Error where the project is not fit to be released; ProblemError of area `bundle`
 */
export const makeRelease = async (release: Release): Promise<void> => {
	const {out} = release;
	const folder = `${out}.part`;
	rmSync(folder, {recursive: true, force: true});
	mkdirSync(folder, {recursive: true});
	const work = mkdtempSync(path.join(tmpdir(), 'zenml-airgap-release-'));
	try {
		await fill(folder, work, release);
		rmSync(out, {recursive: true, force: true});
		renameSync(folder, out);
	} finally {
		rmSync(work, {recursive: true, force: true});
		rmSync(folder, {recursive: true, force: true});
	}
};
