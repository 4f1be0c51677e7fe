import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {PassThrough, Readable, Writable} from 'node:stream';
import {createDumps} from '../../../source/database/dump/index.ts';
import type {DumpPort, DumpTools} from '../../../source/database/dump/types.ts';
import type {DatabaseFacts, DatabaseLogin} from '../../../source/database/types.ts';
import {type ClientProduct, clientsOf} from '../../helpers/database-clients.ts';

export const never = new AbortController().signal;

/** The port with programs of a product alone on its search path; undefined where there are none. */
export const dumpsWith = async (
	product: ClientProduct,
	folder: string,
	environment: Readonly<Record<string, string>> = {},
): Promise<DumpPort | undefined> => {
	const bin = await clientsOf(product, join(folder, 'bin'));
	return bin === undefined
		? undefined
		: createDumps({
				folder: join(folder, 'private'),
				environment: {PATH: `${bin}:/usr/bin:/bin`, ...environment},
				where: 'host',
			});
};

/** A dump as bytes. */
export const dumped = async (
	dumps: DumpPort,
	login: DatabaseLogin,
	tools: DumpTools,
	more: Partial<Parameters<DumpPort['dump']>[1]> = {},
): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	const into = new PassThrough();
	into.on('data', (chunk: Buffer) => chunks.push(chunk));
	await dumps.dump(login, {tools, into, onBytes: () => undefined, signal: never, ...more});
	return Buffer.concat(chunks);
};

export const restored = async (
	dumps: DumpPort,
	login: DatabaseLogin,
	tools: DumpTools,
	from: Buffer | Readable,
	more: Partial<Parameters<DumpPort['restore']>[1]> = {},
): Promise<void> =>
	dumps.restore(login, {
		tools,
		from: from instanceof Readable ? from : Readable.from([from]),
		onBytes: () => undefined,
		signal: never,
		...more,
	});

export const factsOf = ({product, version}: DatabaseFacts): Pick<DatabaseFacts, 'product' | 'version'> => ({
	product,
	version,
});

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** A target that is full after so many bytes. */
export const fullAfter = (most: number): Writable => {
	let written = 0;
	return new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			written += chunk.length;
			done(written > most ? Object.assign(new Error('no space left'), {code: 'ENOSPC'}) : null);
		},
	});
};

/** Words and environment of all processes of this host whose program has such a name. */
export const processesOf = async (names: RegExp): Promise<string> => {
	const {readdir} = await import('node:fs/promises');
	const texts: string[] = [];
	for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))) {
		const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		if (names.test(words)) texts.push(words, await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''));
	}
	return texts.join('\n');
};
