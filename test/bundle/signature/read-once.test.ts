import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import type {Slice} from '../../../source/archive/slice.ts';
import {openLayout} from '../../../source/bundle/layout/layout.ts';
import {createBundlePort, openBundle} from '../../../source/bundle/open/bundle.ts';
import {signBundle} from '../../../source/bundle/sign/sign.ts';
import {publicKeyLine} from '../../../source/minisign/public-key.ts';
import {generateSigningKey} from '../../../source/minisign/secret-key.ts';
import {productImages} from '../create/helpers.ts';
import {never, problemOf, temporary} from '../helpers.ts';
import {madeBundle} from '../made.ts';

const signed = async (size?: number) => {
	const folder = await madeBundle(productImages(size ?? 20_000));
	const key = generateSigningKey();
	await signBundle({path: folder, key, now: 0, signal: never, onProgress: () => undefined});
	return {folder, publicKey: publicKeyLine(key.public)};
};

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Writes another note into the bundle, and both lists so that they fit it. */
const exchange = (folder: string): void => {
	const at = (name: string) => join(folder, name);
	const old = sha256(readFileSync(at('manifest.txt')));
	const other = Buffer.alloc(statSync(at('manifest.txt')).size, 'x');
	writeFileSync(at('manifest.txt'), other);
	const index = readFileSync(at('bundle.json'), 'utf8').replace(old, sha256(other));
	writeFileSync(at('bundle.json'), index);
	const sums = readFileSync(at('SHA256SUMS'), 'utf8').replace(old, sha256(other));
	writeFileSync(at('SHA256SUMS'), sums.replace(/^[0-9a-f]{64}(?= {2}bundle\.json$)/mu, sha256(index)));
};

test('lists that are exchanged after the signature was checked are not believed', async () => {
	const {folder, publicKey} = await signed();
	const layout = await openLayout(folder, never);
	let seen = 0;
	/** Somebody who waits until `bundle.json` is opened for the second time. */
	class Watched extends Map<string, Slice> {
		override get(name: string): Slice | undefined {
			if (name === 'bundle.json' && ++seen === 2) exchange(folder);
			return super.get(name);
		}
	}
	const watched = {...layout, files: new Watched(layout.files)};
	const asked = {signature: {publicKey}, platform: undefined};
	expect(await problemOf(openBundle(watched, temporary, asked, never))).toMatchObject({
		code: 'bundle-checksum-mismatch',
		message: 'bundle.json is not what SHA256SUMS says.',
	});
	expect(seen).toBeGreaterThan(1);
});

/** Bytes that this process has read, whatever from (proc(5), `/proc/pid/io`). */
const readSoFar = async (): Promise<number> =>
	Number(/^rchar: (\d+)$/mu.exec(await readFile('/proc/self/io', 'utf8'))?.[1]);

test.runIf(process.platform === 'linux')(
	'to look at the signature of a compressed bundle takes no pass over it for each small file',
	async () => {
		const {folder, publicKey} = await signed(2_000_000);
		const above = dirname(folder);
		const names = execFileSync('find', ['zenml-air-gapped-bundle', '-type', 'f'], {cwd: above, encoding: 'utf8'});
		const tar = join(above, 'bundle.tar.gz');
		// Against the order of SHA256SUMS, so that each file lies before the one that was read last.
		const order = names.trim().split('\n').sort().reverse();
		execFileSync('tar', ['-czf', tar, ...order], {cwd: above});
		const open = async (signature: {readonly publicKey?: string; readonly mode?: 'off'}): Promise<number> => {
			const before = await readSoFar();
			await createBundlePort({path: tar, workDirectory: await temporary(), signature}).open(never);
			return (await readSoFar()) - before;
		};
		const without = await open({mode: 'off'});
		expect(without).toBeGreaterThan(statSync(tar).size * 0.9);
		expect(await open({publicKey})).toBeLessThan(without + statSync(tar).size / 2);
	},
);
