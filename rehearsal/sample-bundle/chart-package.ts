import {readdir, readFile} from 'node:fs/promises';
import {join, posix} from 'node:path';
import {gzipSync} from 'node:zlib';
import {pack} from 'tar-stream';
import {parseDocument} from 'yaml';
import {addFile} from './layers.ts';

const filesBelow = async (directory: string, relative = ''): Promise<readonly string[]> => {
	const files: string[] = [];
	for (const entry of await readdir(join(directory, relative), {withFileTypes: true})) {
		const name = posix.join(relative, entry.name);
		if (entry.isDirectory()) files.push(...(await filesBelow(directory, name)));
		else if (entry.isFile()) files.push(name);
	}
	return files.sort();
};

export type PackedChart = {readonly name: string; readonly fileName: string; readonly bytes: Buffer};

/**
 * Packs a chart folder as `helm package` does, with the given version written into its Chart.yaml.
 * The same folder and version give the same bytes.
 */
export const packChart = async (directory: string, version: string): Promise<PackedChart> => {
	const chartYaml = parseDocument(await readFile(join(directory, 'Chart.yaml'), 'utf8'));
	const name = chartYaml.get('name');
	if (typeof name !== 'string') throw new Error(`${directory}/Chart.yaml has no name.`);
	chartYaml.set('version', version);
	chartYaml.set('appVersion', version);
	const tar = pack();
	const parts: Buffer[] = [];
	tar.on('data', (chunk: unknown) => {
		parts.push(chunk as Buffer);
	});
	const ended = new Promise<void>((resolve, reject) => {
		tar.on('end', () => resolve());
		tar.on('error', reject);
	});
	const files = (await filesBelow(directory)).filter((file) => file !== 'Chart.yaml');
	// Chart.yaml first, as `helm package` writes it: a reader then finds it at once.
	await addFile(tar, `${name}/Chart.yaml`, Buffer.from(String(chartYaml)));
	for (const file of files) await addFile(tar, `${name}/${file}`, await readFile(join(directory, file)));
	tar.finalize();
	await ended;
	return {name, fileName: `${name}-${version}.tgz`, bytes: gzipSync(Buffer.concat(parts), {level: 9})};
};
