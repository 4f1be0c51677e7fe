import {createHash, createHmac, timingSafeEqual} from 'node:crypto';
import {S3Error, type S3Request, type S3Site} from './types.ts';

/** A clock may be off by so much, ms. */
const mostSkewMs = 15 * 60 * 1000;

const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Everything but letters, digits and `-_.~` (RFC 3986, section 2.3). */
const encoded = (text: string): string =>
	encodeURIComponent(text).replaceAll(/[!'()*]/gu, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalPath = (path: string): string =>
	path
		.split('/')
		.map((part) => encoded(decodeURIComponent(part)))
		.join('/');

const canonicalQuery = (query: string): string =>
	query
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const [name = '', value = ''] = pair.split('=', 2);
			return `${encoded(decodeURIComponent(name))}=${encoded(decodeURIComponent(value))}`;
		})
		.sort()
		.join('&');

const header =
	/^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/u;

const timeOf = (stamp: string): number => {
	const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u.exec(stamp) ?? [];
	return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

const requireTime = (stamp: string, day: string, now: number): void => {
	const time = timeOf(stamp);
	if (Number.isNaN(time) || !stamp.startsWith(day))
		throw new S3Error(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
	if (Math.abs(now - time) > mostSkewMs)
		throw new S3Error(
			403,
			'RequestTimeTooSkewed',
			"The difference between the request time and the server's time is too large.",
		);
};

/** Whatever a signature must cover: the host, and every header of Amazon's own. */
const requireSigned = (names: readonly string[], headers: S3Request['headers']): void => {
	const needed = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
	const missing = needed.find((name) => !names.includes(name));
	if (missing !== undefined || names.join(';') !== [...names].sort().join(';'))
		throw new S3Error(403, 'AccessDenied', 'There were headers present in the request which were not signed');
};

/**
 * Checks the signature of a request strictly, and says which SHA-256 its body must have; undefined where it is not signed.
 * @throws S3Error as S3 words it
 */
export const requireSignature = ({method, target, headers}: S3Request, site: S3Site): string | undefined => {
	const [, accessKey = '', day = '', region = '', signed = '', signature = ''] =
		header.exec(headers.authorization ?? '') ?? [];
	if (signature === '') throw new S3Error(403, 'AccessDenied', 'Access Denied.');
	if (accessKey !== site.accessKey)
		throw new S3Error(403, 'InvalidAccessKeyId', 'The Access Key Id you provided does not exist in our records.');
	if (region !== site.region)
		throw new S3Error(
			400,
			'AuthorizationHeaderMalformed',
			`The authorization header is malformed; the region is wrong; expecting '${site.region}'.`,
			{Region: site.region},
		);
	const stamp = headers['x-amz-date'] ?? '';
	requireTime(stamp, day, (site.now ?? Date.now)());
	const names = signed.split(';');
	requireSigned(names, headers);
	const payload = headers['x-amz-content-sha256'];
	if (payload === undefined) throw new S3Error(400, 'InvalidRequest', 'Missing required header: x-amz-content-sha256');
	const [path = '', query = ''] = target.split('?', 2);
	const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/gu, ' ')}\n`).join('');
	const request = [method, canonicalPath(path), canonicalQuery(query), lines, signed, payload].join('\n');
	const scope = `${day}/${region}/s3/aws4_request`;
	const text = ['AWS4-HMAC-SHA256', stamp, scope, sha256(request)].join('\n');
	const key = mac(mac(mac(mac(`AWS4${site.secretKey}`, day), region), 's3'), 'aws4_request');
	if (!timingSafeEqual(mac(key, text), Buffer.from(signature, 'hex')))
		throw new S3Error(
			403,
			'SignatureDoesNotMatch',
			'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
		);
	return payload === 'UNSIGNED-PAYLOAD' ? undefined : payload;
};
