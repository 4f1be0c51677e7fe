import {execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {Decrypter, Encrypter} from 'age-encryption';
import {describe, expect, test} from 'vitest';
import {readPart} from '../../source/backup/read-part.ts';
import {writePart} from '../../source/backup/write-part.ts';
import {ProblemError} from '../../source/base/problem.ts';
import {temporary} from '../bundle/helpers.ts';
import {backupsOf, contentsOf, finished, has, identity, never, putting, readAll} from './helpers.ts';

const chunk = 64 * 1024;
/** Sizes around the ends of chunks: where a stream of chunks goes wrong, it does so there. */
const sizes = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 2 * chunk + 1, 5 * chunk + 17];

/** A part that the given bytes of an age file are. */
const placeOf = async (file: Buffer, recipients: readonly string[], given?: string) => {
	const folder = given ?? (await temporary());
	await writeFile(path.join(folder, 'a.age'), file);
	const {createHash} = await import('node:crypto');
	const sha256 = createHash('sha256').update(file).digest('hex');
	const times = {startedAt: '2026-01-31T18:30:00Z', endedAt: '2026-01-31T18:30:00Z'};
	const part = {
		kind: 'journal',
		name: 'a',
		file: 'a.age',
		bytes: file.length,
		plainBytes: 0,
		sha256,
		...times,
	} as const;
	const made = {id: 'x', purpose: 'asked', run: 'r', tool: 't', createdAt: times.startedAt} as const;
	const manifest = {format: 1, ...made, encryption: 'age', recipients, components: [], parts: [part]} as const;
	return {folder, manifest, part};
};

describe('the format of age', () => {
	test.each(sizes)('%i bytes come back as they were, by the library and by us, both ways', async (size) => {
		const {file, key, recipient} = await identity();
		const plain = randomBytes(size);
		const out = path.join(await temporary(), 'part');
		const told = await writePart(out, {recipients: [recipient]}, putting(plain), never);
		const lying = await readFile(out);
		expect([told.bytes, told.plainBytes]).toEqual([lying.length, size]);
		const decrypter = new Decrypter();
		decrypter.addIdentity(key);
		expect(Buffer.from(await decrypter.decrypt(new Uint8Array(lying))).equals(plain)).toBe(true);

		const encrypter = new Encrypter();
		encrypter.addRecipient(recipient);
		const theirs = Buffer.from(await encrypter.encrypt(new Uint8Array(plain)));
		const openers = {identity: file, onSecret: () => undefined};
		const read = await readPart(await placeOf(theirs, [recipient]), openers, never);
		expect((await readAll(read)).equals(plain)).toBe(true);
	});

	test('a passphrase opens a file by the library and by us, both ways', async () => {
		const plain = randomBytes(chunk + 5);
		const out = path.join(await temporary(), 'part');
		await writePart(out, {passphrase: 'correct horse'}, putting(plain), never);
		const decrypter = new Decrypter();
		decrypter.addPassphrase('correct horse');
		expect(Buffer.from(await decrypter.decrypt(new Uint8Array(await readFile(out)))).equals(plain)).toBe(true);

		const encrypter = new Encrypter();
		encrypter.setScryptWorkFactor(12);
		encrypter.setPassphrase('correct horse');
		const theirs = Buffer.from(await encrypter.encrypt(new Uint8Array(plain)));
		const openers = {passphrase: () => Promise.resolve('correct horse'), onSecret: () => undefined};
		expect((await readAll(await readPart(await placeOf(theirs, []), openers, never))).equals(plain)).toBe(true);
	});

	test('pieces of every size make the same file as one piece', async () => {
		const {key, recipient} = await identity();
		const plain = randomBytes(3 * chunk + 100);
		const pieces = Array.from({length: 40}, (_one, index) => plain.subarray(index * 5000, (index + 1) * 5000));
		const out = path.join(await temporary(), 'part');
		await writePart(out, {recipients: [recipient]}, putting(...pieces), never);
		const decrypter = new Decrypter();
		decrypter.addIdentity(key);
		const back = Buffer.from(await decrypter.decrypt(new Uint8Array(await readFile(out))));
		expect(back.equals(plain)).toBe(true);
	});

	test('two files of the same contents share no bytes but those of the format', async () => {
		const {recipient} = await identity();
		const [one, other] = [path.join(await temporary(), 'one'), path.join(await temporary(), 'other')];
		for (const out of [one, other]) await writePart(out, {recipients: [recipient]}, putting(Buffer.alloc(1000)), never);
		const [first, second] = [await readFile(one), await readFile(other)];
		expect(first.subarray(-1016).equals(second.subarray(-1016))).toBe(false);
	});
});

describe.skipIf(!has('age'))('the age program (needs age)', () => {
	test('it opens every part for each of the recipients', async () => {
		const [one, other] = [await identity(), await identity()];
		const big = randomBytes(3 * chunk + 7);
		const made = await finished(await backupsOf({recipients: [one.recipient, other.recipient]}), {big, empty: ''});
		for (const {file} of [one, other]) {
			const out = execFileSync('age', ['-d', '-i', file, path.join(made.folder, 'database-big.dump.age')]);
			expect(out.equals(big)).toBe(true);
			const empty = execFileSync('age', ['-d', '-i', file, path.join(made.folder, 'database-empty.dump.age')]);
			expect(empty.length).toBe(0);
		}
	});

	test('what it encrypts, we open', async () => {
		const {file, recipient} = await identity();
		const plain = randomBytes(2 * chunk);
		const theirs = execFileSync('age', ['-r', recipient], {input: plain});
		const openers = {identity: file, onSecret: () => undefined};
		const read = await readPart(await placeOf(theirs, [recipient]), openers, never);
		expect((await readAll(read)).equals(plain)).toBe(true);
	});

	test.skipIf(!has('script'))(
		'it opens what a passphrase locks, which it reads at a terminal (needs script)',
		async () => {
			const {folder} = await finished(await backupsOf({passphrase: async () => 'correct horse'}), {team: 'tables'});
			const out = path.join(folder, 'out');
			const command = `age -d -o ${out} ${path.join(folder, 'database-team.dump.age')}`;
			execFileSync('script', ['-qec', command, '/dev/null'], {input: 'correct horse\n', timeout: 30_000});
			expect(await readFile(out, 'utf8')).toBe('tables');
		},
	);
});

test('a stream of many megabytes is never held in memory', async () => {
	const {file, recipient} = await identity();
	const backups = await backupsOf({recipients: [recipient], identity: file});
	const made = await backups.begin('asked', 'run-1', never);
	const piece = randomBytes(1024 ** 2);
	let most = 0;
	const before = process.memoryUsage().rss;
	const part = await made.add({kind: 'database', name: 'big', ending: 'dump'}, async (into) => {
		const {pipeline} = await import('node:stream/promises');
		function* pieces() {
			for (let count = 0; count < 300; count += 1) {
				most = Math.max(most, process.memoryUsage().rss);
				yield piece;
			}
		}
		await pipeline(Readable.from(pieces()), into);
	});
	await made.finish('run-1', []);
	expect(part.plainBytes).toBe(300 * 1024 ** 2);
	expect(most - before).toBeLessThan(150 * 1024 ** 2);
	const read = await backups.open(made.manifest().id, never);
	let bytes = 0;
	for await (const some of await read.read(part, never)) bytes += (some as Buffer).length;
	expect(bytes).toBe(part.plainBytes);
}, 120_000);

test('what is written is read back, by recipients, by passphrase and in the clear', async () => {
	const {file, recipient} = await identity();
	const passphrase = () => Promise.resolve('a long passphrase');
	for (const given of [{recipients: [recipient], identity: file}, {passphrase}, {encryption: 'none'} as const]) {
		const backups = await backupsOf(given);
		const made = await finished(backups);
		const read = await backups.open(made.manifest().id, never);
		expect(read.manifest).toEqual(made.manifest());
		expect((await contentsOf(read, 'controlPlane')).toString()).toBe('tables');
		expect((await contentsOf(read, 'team')).toString()).toBe('more tables');
	}
});

test('an age file with any byte changed, or cut anywhere, never comes to its end', async () => {
	const {file, recipient} = await identity();
	const out = path.join(await temporary(), 'part');
	await writePart(out, {recipients: [recipient]}, putting(Buffer.alloc(100, 7)), never);
	const whole = await readFile(out);
	const openers = {identity: file, onSecret: () => undefined};
	const folder = await temporary();
	const ends = async (bytes: Buffer): Promise<boolean> => {
		// Its sum fits, as that of whoever can change the manifest as well.
		try {
			await readAll(await readPart(await placeOf(bytes, [recipient], folder), openers, never));
			return true;
		} catch (error) {
			if (!(error instanceof ProblemError)) throw error;
			return false;
		}
	};
	expect(await ends(whole)).toBe(true);
	for (let at = 0; at < whole.length; at += 1) {
		const mutant = Buffer.from(whole);
		mutant.writeUInt8(mutant.readUInt8(at) ^ 1, at);
		expect(await ends(mutant), `byte ${at}`).toBe(false);
		expect(await ends(whole.subarray(0, at)), `cut at ${at}`).toBe(false);
	}
	expect(await ends(Buffer.concat([whole, Buffer.alloc(1)])), 'longer').toBe(false);
}, 60_000);
