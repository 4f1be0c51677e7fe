import {arch} from 'node:os';
import {openSlice} from '../../archive/slice.ts';
import {hexOf} from '../../oci/digest.ts';
import type {Layout} from '../layout/types.ts';
import type {Bundle, PackedProgram} from '../types.ts';

/** Names of Node for machines, as platforms of images call them. */
const machines: Readonly<Record<string, string>> = {x64: 'amd64'};

/** The platform of the programs that this host runs. */
const hostPlatform = (): string => `linux/${machines[arch()] ?? arch()}`;

/** The Helm that a bundle carries for this host. Only `bundle.json` says which one it is: undefined where a bundle was made by hand. */
export const packedHelm = ({index}: Bundle, {files}: Layout): PackedProgram | undefined => {
	const platform = hostPlatform();
	const tool = index?.tools.find((one) => one.name === 'helm' && one.platform === platform);
	const listed = index?.files.find(({path}) => path === tool?.file);
	const slice = listed && files.get(listed.path);
	if (!tool || !slice) return undefined;
	return {
		version: tool.version,
		sha256: hexOf(listed.digest),
		bytes: listed.size,
		open: () => openSlice(slice),
	};
};
