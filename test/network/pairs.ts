import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll} from 'vitest';
import type {Problem} from '../../source/base/problem.ts';
import {createTls} from '../../source/network/tls.ts';

export type Contents = {
	readonly certificate: string | Buffer;
	readonly key: string | Buffer;
	readonly ca: string | Buffer;
};

/** What became of a pair: its texts and warnings, or the problems. */
export type Judged = {
	readonly problems: readonly Problem[];
	readonly warnings: readonly string[];
	readonly pair?: {readonly certificate: string; readonly key: string; readonly ca: string};
};

/** A folder for the tests of a file, and pairs that are read from it. */
export const pairsIn = (): {
	readonly write: (content: string | Buffer) => Promise<string>;
	readonly judge: (contents: Contents, hosts: readonly string[], now?: number) => Promise<Judged>;
} => {
	let folder = '';
	let count = 0;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-pairs-'));
	});
	afterAll(async () => rm(folder, {recursive: true, force: true}));
	const write = async (content: string | Buffer): Promise<string> => {
		count += 1;
		const path = join(folder, `file-${count}`);
		await writeFile(path, content);
		return path;
	};
	return {
		write,
		judge: async ({certificate, key, ca}, hosts, now = Date.now()) => {
			const paths = {certificate: await write(certificate), key: await write(key), ca: await write(ca)};
			const result = await createTls().readPair(paths, hosts, now);
			return 'problems' in result ? {problems: result.problems, warnings: []} : {problems: [], ...result};
		},
	};
};
