import {constants, generateKeyPair, type KeyObject, privateDecrypt} from 'node:crypto';
import {promisify} from 'node:util';
import {type Account, type Catalogue, fitsProof, hashOf} from './catalogue.ts';
import {refusals, type SqlError} from './errors.ts';
import {loginPlugin, type Response} from './greeting.ts';
import type {Line} from './line.ts';
import {zeroText} from './wire.ts';

/** Accounts whose password was seen since the server is up: for these a proof suffices (caching_sha2_password). */
export type Cache = {
	readonly knows: (user: string, hash: string) => boolean;
	readonly learn: (user: string, hash: string) => void;
};

export const createCache = (): Cache => {
	const seen = new Map<string, string>();
	return {
		knows: (user, hash) => seen.get(user) === hash,
		learn: (user, hash) => {
			seen.set(user, hash);
		},
	};
};

type Keys = {readonly publicKey: KeyObject; readonly privateKey: KeyObject};

let made: Promise<Keys> | undefined;
/** Made once it is asked for: most clients come over TLS. */
const keys = (): Promise<Keys> => {
	made ??= promisify(generateKeyPair)('rsa', {modulusLength: 2048});
	return made;
};

const [isEnough, wantsAll, asksForKey] = [3, 4, 2];
const more = (...bytes: readonly number[]): Buffer => Buffer.from([1, ...bytes]);

const withoutZero = (bytes: Buffer): string => bytes.toString('utf8').replace(/\0$/u, '');

/** The password itself, over TLS as it is, else encrypted with the key of the server. */
const wholePassword = async (line: Line, scramble: Buffer): Promise<string | undefined> => {
	line.write(more(wantsAll));
	const answer = await line.read();
	if (!answer) return undefined;
	if (line.protection() !== 'plain') return withoutZero(answer);
	if (answer.length !== 1 || answer[0] !== asksForKey) return undefined;
	const {publicKey, privateKey} = await keys();
	const pem = publicKey.export({type: 'spki', format: 'pem'});
	line.write(Buffer.concat([more(), Buffer.from(pem)]));
	const sealed = await line.read();
	if (!sealed) return undefined;
	const opened = privateDecrypt({key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING}, sealed);
	return withoutZero(opened.map((byte, index) => byte ^ (scramble[index % scramble.length] ?? 0)) as Buffer);
};

/** The proof that a client sends, asked for once more when it came for another way to log in. */
const proofOf = async (line: Line, {plugin, proof}: Response, scramble: Buffer): Promise<Buffer | undefined> => {
	if (plugin === loginPlugin) return proof;
	line.write(Buffer.concat([Buffer.from([0xfe]), zeroText(loginPlugin), scramble, Buffer.from([0])]));
	return line.read();
};

/** Does the client know the password of this account? */
const knowsPassword = async (
	line: Line,
	{user}: Response,
	proof: Buffer,
	{scramble, hash, cache}: {readonly scramble: Buffer; readonly hash: string; readonly cache: Cache},
): Promise<boolean> => {
	if (proof.length === 0) return hashOf('') === hash;
	if (cache.knows(user, hash) && fitsProof(proof, scramble, hash)) {
		line.write(more(isEnough));
		return true;
	}
	const password = await wholePassword(line, scramble).catch(() => undefined);
	if (password === undefined || hashOf(password) !== hash) return false;
	cache.learn(user, hash);
	return true;
};

const isProtected = ({requires}: Account, line: Line): boolean => {
	if (requires === '') return true;
	return requires === 'X509' ? line.protection() === 'certificate' : line.protection() !== 'plain';
};

/**
 * Checks who a client is. Answers why it is not let in: a wrong password, an unknown account and a connection without
 * the TLS that the account requires are all told alike, as the real server does.
 */
export const whyNot = async (
	line: Line,
	response: Response,
	{catalogue, scramble, cache}: {readonly catalogue: Catalogue; readonly scramble: Buffer; readonly cache: Cache},
): Promise<SqlError | undefined> => {
	const {user} = response;
	const account = catalogue.accounts[user];
	const proof = await proofOf(line, response, scramble);
	const wrong = refusals.wrongLogin(user, proof?.length ? 'YES' : 'NO');
	if (!proof) return wrong;
	// An account that is not there is asked for its password too, so that nobody learns which are.
	const hash = account?.hash ?? 'none';
	const fits = await knowsPassword(line, response, proof, {scramble, hash, cache});
	if (!account || !fits || !isProtected(account, line)) return wrong;
	return account.isLocked ? refusals.locked(user) : undefined;
};
