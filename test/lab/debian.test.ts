import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {runCommand} from '../../lab/commands.ts';
import {downloadPackages} from '../../lab/debian.ts';

/** A source of packages in a folder, with one package in it; and apt's options that know no other source. */
const sourceWith = async (folder: string, name: string): Promise<readonly string[]> => {
	const root = join(folder, 'package');
	await mkdir(join(root, 'DEBIAN'), {recursive: true});
	const control = [`Package: ${name}`, 'Version: 0.1', 'Architecture: all', 'Maintainer: lab'];
	await writeFile(join(root, 'DEBIAN/control'), `${[...control, 'Description: for a test'].join('\n')}\n`);
	await runCommand('dpkg-deb', ['--build', root, join(folder, `${name}_0.1_all.deb`)]);
	await rm(root, {recursive: true});
	const size = (await runCommand('stat', ['-c', '%s', join(folder, `${name}_0.1_all.deb`)])).trim();
	const sum = (await runCommand('sha256sum', [join(folder, `${name}_0.1_all.deb`)])).split(' ')[0];
	const index = [
		...control,
		`Filename: ./${name}_0.1_all.deb`,
		`Size: ${size}`,
		`SHA256: ${sum}`,
		'Description: for a test',
	];
	await writeFile(join(folder, 'Packages'), `${index.join('\n')}\n`);
	await writeFile(join(folder, 'sources.list'), `deb [trusted=yes] copy:${folder} ./\n`);
	await mkdir(join(folder, 'lists/partial'), {recursive: true});
	const own = [
		`Dir::Etc::sourcelist=${join(folder, 'sources.list')}`,
		'Dir::Etc::sourceparts=/dev/null',
		`Dir::State::lists=${join(folder, 'lists')}`,
		'Dir::Cache::pkgcache=',
		'Dir::Cache::srcpkgcache=',
	];
	return own.flatMap((option) => ['-o', option]);
};

// dpkg is installed, and newer, wherever apt is.
test.runIf(existsSync('/usr/bin/apt-get') && process.getuid?.() === 0)(
	'a package that the machine has installed is taken all the same',
	async () => {
		const folder = await mkdtemp(join(tmpdir(), 'lab-debian-'));
		const options = await sourceWith(folder, 'dpkg');
		const archives = join(folder, 'archives');
		await downloadPackages(archives, ['dpkg'], options);
		expect((await readdir(archives)).filter((name) => name.endsWith('.deb'))).toEqual(['dpkg_0.1_all.deb']);
		await rm(folder, {recursive: true});
	},
);
