import {scrypt} from 'node:crypto';
import {freemem} from 'node:os';
import {formatBytes} from '../base/units.ts';
import {minisignProblems} from './problems.ts';

/** How much work it is to try a passphrase, in libsodium's terms: operations, and bytes of memory. */
export type KeyCost = {readonly operations: number; readonly memory: number};

/** libsodium's `crypto_pwhash_scryptsalsa208sha256_*_SENSITIVE`, which minisign takes: 1 GiB, some seconds. */
export const sensitiveCost: KeyCost = {operations: 33_554_432, memory: 1_073_741_824};

/** Beyond this a key file asks for memory that no signer's machine has: it was made to do harm. */
const maximumMemory = 8 * 1024 ** 3;

/** Memory that the rest of the program needs beside the derivation. */
const spareMemory = 96 * 1024 ** 2;

/** Two 64-bit numbers, little-endian, as a secret key holds them. */
export const writeCost = ({operations, memory}: KeyCost): Buffer => {
	const bytes = Buffer.alloc(16);
	bytes.writeBigUInt64LE(BigInt(operations));
	bytes.writeBigUInt64LE(BigInt(memory), 8);
	return bytes;
};

/** @throws ProblemError `signing-secret-key` for numbers that make no sense */
export const readCost = (bytes: Buffer, file: string): KeyCost => {
	const [operations, memory] = [bytes.readBigUInt64LE(), bytes.readBigUInt64LE(8)];
	if (memory > maximumMemory || operations > 2n ** 32n) {
		throw minisignProblems.error('signing-secret-key', {case: 'cost', file, bytes: String(memory)}, {location: {file}});
	}
	return {operations: Number(operations), memory: Number(memory)};
};

/**
 * The parameters of scrypt (RFC 7914) for a cost, as libsodium picks them
 * (crypto_pwhash/scryptsalsa208sha256/pwhash_scryptsalsa208sha256.c, `pickparams`).
 */
export const scryptParameters = (cost: KeyCost): {readonly N: number; readonly r: 8; readonly p: number} => {
	const operations = Math.max(cost.operations, 32_768);
	const largest = operations < cost.memory / 32 ? operations / 32 : cost.memory / 1024;
	let log = 1;
	while (log < 63 && 2 ** log <= Math.floor(largest) / 2) log++;
	if (operations < cost.memory / 32) return {N: 2 ** log, r: 8, p: 1};
	const lanes = Math.min(Math.floor(operations / 4 / 2 ** log), 0x3fff_ffff);
	return {N: 2 ** log, r: 8, p: Math.max(1, Math.floor(lanes / 8))};
};

/** What a key is derived by; `length` in bytes. */
type Derivation = {readonly salt: Buffer; readonly cost: KeyCost; readonly length: number};

/**
 * A key from a passphrase, with scrypt in a thread of its own.
 * @param free bytes of memory that can be had
 * @throws ProblemError `signing-memory`
 */
export const deriveKey = async (
	passphrase: string,
	{salt, cost, length}: Derivation,
	free: number = freemem(),
): Promise<Buffer> => {
	const {N, r, p} = scryptParameters(cost);
	const vectors = 128 * N * r + 128 * r * p;
	const needed = formatBytes(vectors + spareMemory);
	if (free < vectors + spareMemory) {
		throw minisignProblems.error('signing-memory', {case: 'known before', needed, free: formatBytes(free)});
	}
	return new Promise((resolve, reject) => {
		// The limit of node:crypto is 32 MiB unless told; it counts somewhat more than the vectors themselves.
		scrypt(passphrase, salt, length, {N, r, p, maxmem: vectors + 1024 ** 2}, (error, key) => {
			if (error) reject(minisignProblems.error('signing-memory', {case: 'refused', needed}, {error}));
			else resolve(key);
		});
	});
};
