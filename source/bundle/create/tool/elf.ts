import {openRegular} from '../../../archive/regular-file.ts';

/** Machines in the header of an ELF file (e_machine, System V ABI). */
const machines: Readonly<Record<number, string>> = {
	62: 'amd64',
	183: 'arm64',
	40: 'arm',
	21: 'ppc64le',
	22: 's390x',
	243: 'riscv64',
};

/**
 * The platform of a program: `linux/amd64`.
 * @returns `undefined` for a script or a program of another system
 * @throws ProblemError `bundle-not-found`, `bundle-unreadable`
 */
export const platformOfProgram = async (file: string): Promise<string | undefined> => {
	const handle = await openRegular(file);
	try {
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(20), 0, 20, 0);
		if (bytesRead < 20 || buffer.readUInt32BE(0) !== 0x7f454c46) return undefined;
		const architecture = machines[buffer[5] === 2 ? buffer.readUInt16BE(18) : buffer.readUInt16LE(18)];
		return architecture === undefined ? undefined : `linux/${architecture}`;
	} finally {
		await handle.close();
	}
};
