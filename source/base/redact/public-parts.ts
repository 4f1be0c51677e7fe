import {createPublicKey} from 'node:crypto';
import {base64Forms} from './forms.ts';

/** How a PEM of any kind begins and ends: in base64 of the whole these say nothing either (RFC 7468). */
const pemMarks = ['-----BEGIN CERTIFICATE-----\n', '\n-----END CERTIFICATE-----\n'];
/** The end of the base64 of a PEM, with what fills it up. */
const pemEnds = [0, 1, 2].map((before) =>
	Buffer.from(`${' '.repeat(before)}-----\n`)
		.toString('base64')
		.slice(before === 0 ? 0 : before + 1),
);

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/u;

/** A private key as it is kept: as PEM, in base64 as a kubeconfig has it, or with its line breaks escaped as JSON has it. */
const keyIn = (secret: string): string | undefined =>
	[secret.replaceAll(String.raw`\n`, '\n'), Buffer.from(secret, 'base64').toString('latin1')]
		.map((text) => privateKey.exec(text)?.[0])
		.find((found) => found !== undefined);

/**
 * What a private key holds that is no secret: the name of its algorithm and its public key, as its certificate and others show them
 * (SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7), in base64 for each of the three alignments; and the marks around it. Nothing for
 * what is no private key.
 */
export const publicPartsOf = (secret: string): readonly string[] => {
	const key = keyIn(secret);
	if (key === undefined) return [];
	try {
		const shown = base64Forms(createPublicKey(key).export({type: 'spki', format: 'der'}));
		return [...shown, ...pemMarks, ...pemEnds];
	} catch {
		// A key that is damaged or has a passphrase is hidden as any other secret is.
		return [];
	}
};
