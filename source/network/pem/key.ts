import {createPrivateKey, type KeyObject} from 'node:crypto';

/** How a key is written, by the label of its block. */
const forms: Readonly<Record<string, 'pkcs1' | 'sec1' | 'pkcs8'>> = {
	'RSA PRIVATE KEY': 'pkcs1',
	'EC PRIVATE KEY': 'sec1',
	'PRIVATE KEY': 'pkcs8',
};

const numberOf = (part: string | undefined): bigint =>
	BigInt(`0x0${Buffer.from(part ?? '', 'base64url').toString('hex')}`);

/**
 * Whether the numbers of an RSA key belong together (RFC 8017, 3.2). OpenSSL uses whichever of them it needs; Go checks them all before
 * it takes the key.
 */
const isWholeRsa = (key: KeyObject): boolean => {
	const jwk = key.export({format: 'jwk'});
	const [n, e, d, p, q] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q].map(numberOf) as [bigint, bigint, bigint, bigint, bigint];
	if (p < 2n || q < 2n || p * q !== n) return false;
	const one = [p, q].every((prime) => (e * d) % (prime - 1n) === 1n);
	const parts = numberOf(jwk.dp) === d % (p - 1n) && numberOf(jwk.dq) === d % (q - 1n);
	return one && parts && (numberOf(jwk.qi) * q) % p === 1n;
};

/** The same key made anew of its numbers alone, where they can be had. */
const rebuilt = (key: KeyObject): KeyObject => {
	try {
		return createPrivateKey({key: key.export({format: 'jwk'}), format: 'jwk'});
	} catch {
		// A kind that has no such form (RFC 7518, 6); whether clients take it is asked of them.
		return key;
	}
};

/**
 * The private key of a block, and the same in the same form, written anew: a version or a field that OpenSSL passes over does not go
 * on to readers that do not.
 * @throws Error where it cannot be decoded, or its numbers do not belong together
 */
export const keyOf = (pem: string, label: string): {readonly key: KeyObject; readonly pem: string} => {
	const key = createPrivateKey(pem);
	const type = forms[label];
	if (key.asymmetricKeyType === 'rsa' && !isWholeRsa(key)) throw new Error('Its numbers do not belong together.');
	return {key, pem: type === undefined ? pem : rebuilt(key).export({format: 'pem', type}).toString()};
};
