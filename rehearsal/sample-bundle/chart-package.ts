import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {pack} from 'tar-stream';
import {parseDocument} from 'yaml';
import {filesBelow} from '../../source/base/files.ts';
import {addFile} from './layers.ts';

export type PackedChart = {readonly name: string; readonly fileName: string; readonly bytes: Buffer};

/** Chart.yaml with another version in it, and the chart's name. */
const describe = async (
	directory: string,
	version: string,
): Promise<{readonly name: string; readonly text: string}> => {
	const chart = parseDocument(await readFile(join(directory, 'Chart.yaml'), 'utf8'));
	const name = chart.get('name');
	if (typeof name !== 'string') throw new Error(`${directory}/Chart.yaml has no name.`);
	chart.set('version', version);
	return {name, text: String(chart)};
};

/**
 * Packs a chart folder as `helm package` does, with the given version written into its Chart.yaml. The same folder and
 * version give the same bytes.
 */
export const packChart = async (directory: string, version: string): Promise<PackedChart> => {
	const {name, text} = await describe(directory, version);
	const tar = pack();
	const packed = buffer(tar);
	// Chart.yaml first, as `helm package` writes it: a reader then finds it at once.
	await addFile(tar, `${name}/Chart.yaml`, Buffer.from(text));
	const files = (await filesBelow(directory)).filter((file) => file !== 'Chart.yaml');
	for (const file of files) await addFile(tar, `${name}/${file}`, await readFile(join(directory, file)));
	tar.finalize();
	return {name, fileName: `${name}-${version}.tgz`, bytes: gzipSync(await packed, {level: 9})};
};
