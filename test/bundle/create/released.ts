import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {hex, temporary} from '../helpers.ts';

/** The first bytes of a program for a machine (e_machine of ELF: 62 x86-64, 183 AArch64), and some more. */
export const elf = (machine: number): Buffer => {
	const bytes = Buffer.alloc(4096, machine);
	bytes.writeUInt32BE(0x7f454c46, 0);
	bytes[5] = 1;
	bytes.writeUInt16LE(machine, 18);
	return bytes;
};

/** Files of a release of this tool, as `npm run release` names them. */
export const releaseFiles: Readonly<Record<string, string | Buffer>> = {
	'zenml-airgap-linux-x64': elf(62),
	'zenml-airgap-linux-arm64': elf(183),
	'zenml-airgap-1.2.3.tgz': 'packed',
	'LICENSES.txt': 'licences\n',
	'sbom.cdx.json': JSON.stringify({
		bomFormat: 'CycloneDX',
		metadata: {component: {name: 'zenml-airgap', version: '1.2.3'}},
	}),
	'PROVENANCE.txt': 'commit\n',
	'docs/index.md': '# Documents\n',
	'docs/decisions/01.md': '# Why\n',
};

/** A folder that looks like a release. @param change files that are another way; undefined leaves one out */
export const releaseFolder = async (
	change: Readonly<Record<string, string | Buffer | undefined>> = {},
): Promise<string> => {
	const folder = await temporary();
	const files = Object.entries({...releaseFiles, ...change}).flatMap(([name, content]) =>
		content === undefined ? [] : [[name, content] as const],
	);
	for (const [name, content] of files) {
		await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
		await writeFile(path.join(folder, name), content);
	}
	const sums = files.map(([name, content]) => `${hex(content)}  ${name}\n`).sort();
	if (!('SHA256SUMS' in change)) await writeFile(path.join(folder, 'SHA256SUMS'), sums.join(''));
	return folder;
};
