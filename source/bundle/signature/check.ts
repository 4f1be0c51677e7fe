import {bundleProblem} from '../../archive/problems.ts';
import {readSlice} from '../../archive/slice.ts';
import {maximumJsonBytes} from '../../archive/tree.ts';
import {sha256} from '../images/image.ts';
import {bundleFiles} from '../layout/index-file.ts';
import type {Layout} from '../layout/layout.ts';
import {differences, maximumChecksumsBytes, parseSums} from './checksums.ts';
import {type PublicKey, parsePublicKey} from './keys.ts';
import {checkMinisig, type Minisig, maximumSignatureBytes, parseMinisig} from './minisig.ts';
import {signatureDamaged, tampered} from './problems.ts';
import {readKeyFile} from './read-key.ts';

/** `require`: no signature by the pinned key, no bundle. `warn`: say what is not proven. `off`: say nothing of it. */
export type SignatureMode = 'require' | 'warn' | 'off';

/** What is asked of a bundle. `publicKey` is a file, or the line of Base64 in it. */
export type SignatureRequest = {readonly mode?: SignatureMode | undefined; readonly publicKey?: string | undefined};

/** Who signed: the key id, and the comment that the signature covers. */
export type Signer = {readonly keyId: string; readonly comment: string};

/** What came out. `signer` and `checksums` only where the signature was checked with a pinned key and holds. */
export type SignatureFinding = {
	readonly signer?: Signer;
	/** All files of the bundle; the only checksums that count then. */
	readonly checksums?: ReadonlyMap<string, string>;
	readonly warnings: readonly string[];
};

/** A pinned key is worth nothing when leaving the signature out gets around it. */
export const modeOf = ({mode, publicKey}: SignatureRequest): SignatureMode =>
	mode ?? (publicKey === undefined ? 'warn' : 'require');

/** As a key file begins in Base64: `Ed`. */
const keyLinePattern = /^RW[Q-T][A-Za-z0-9+/]{53}$/u;

/** @throws ProblemError `signing-public-key`, `signature-key-unreadable` */
export const readPublicKey = async (fileOrLine: string): Promise<PublicKey> => {
	if (keyLinePattern.test(fileOrLine)) return parsePublicKey(fileOrLine, 'bundle.signature.publicKey');
	return parsePublicKey(await readKeyFile(fileOrLine, 'public'), fileOrLine);
};

const readSignature = async (layout: Layout): Promise<Minisig | undefined> => {
	const slice = layout.files.get(bundleFiles.signature);
	if (!slice) return undefined;
	if (slice.size > maximumSignatureBytes) {
		throw signatureDamaged(slice.label, `It has ${slice.size} bytes; a signature has some hundred.`);
	}
	return parseMinisig(await readSlice(slice), slice.label);
};

const readSums = async (layout: Layout): Promise<Buffer> => {
	const slice = layout.files.get(bundleFiles.checksums);
	if (!slice) {
		throw tampered(
			`${bundleFiles.checksums} is missing.`,
			`The bundle holds ${bundleFiles.signature}, but not the list of checksums that was signed.`,
		);
	}
	if (slice.size > maximumChecksumsBytes) {
		throw tampered(`${slice.label} is too large.`, `It has ${slice.size} bytes; a list of checksums was expected.`);
	}
	return readSlice(slice);
};

/**
 * Layers are looked at later, by their digests. What decides which layers those are (indexes, charts, manifests) is small,
 * and is used as soon as the bundle is open: it is compared here.
 */
const compareSmallFiles = async (
	layout: Layout,
	sums: ReadonlyMap<string, string>,
	signal: AbortSignal,
): Promise<void> => {
	for (const [path, expected] of sums) {
		const slice = layout.files.get(path);
		if (!slice || slice.size > maximumJsonBytes || /(?:^|\/)blobs\/sha256\//u.test(path)) continue;
		signal.throwIfAborted();
		// Of a compressed bundle these bytes were kept when it was listed: no second pass, and the very bytes that will be used.
		const actual = sha256(await readSlice(slice));
		if (actual === expected) continue;
		throw tampered(
			`${path} is not the file that was signed.`,
			`Its SHA-256 is ${actual.slice(7)}, but ${expected.slice(7)} stands in ${bundleFiles.checksums}, which is signed.`,
		);
	}
};

const unsigned = (request: SignatureRequest, key: PublicKey | undefined): SignatureFinding => {
	const mode = modeOf(request);
	if (mode === 'require') {
		throw bundleProblem({
			code: 'bundle-signature-missing',
			message: 'The bundle is not signed.',
			cause: `A signature by key ${key?.id ?? ''} is required, and there is no ${bundleFiles.signature} in the bundle.`,
			fix: 'Carry the signature in from the connected side, or get a bundle that is signed.',
			nextSteps: ['Without a signature nobody can tell whether the bundle was exchanged on the way.'],
			answers: ['bundle.path', 'bundle.signature.mode'],
		});
	}
	if (mode === 'off') return {warnings: []};
	const by = key ? ` by the pinned key ${key.id}` : '';
	return {warnings: [`The bundle is not signed${by}: that it is the one that was sent could not be verified.`]};
};

/**
 * Looks at the signature of a bundle. In every mode a signature that is there must be whole, and must hold where a key is
 * pinned: then each file has to be listed in `SHA256SUMS` and each listed file has to be there.
 * @throws ProblemError `bundle-signature-missing` (mode `require`), `bundle-signature-broken`, `bundle-signature-damaged`,
 * `bundle-checksums-damaged`, `signing-public-key`, `signature-key-unreadable`, `bundle-signature-no-key` (mode `require` without a key)
 */
export const checkSignature = async (
	layout: Layout,
	request: SignatureRequest,
	signal: AbortSignal,
): Promise<SignatureFinding> => {
	const key = request.publicKey === undefined ? undefined : await readPublicKey(request.publicKey);
	if (!key && modeOf(request) === 'require') {
		throw bundleProblem({
			code: 'bundle-signature-no-key',
			message: 'A signature is required, but no public key is given to check it with.',
			cause: 'A signature says something only where the key of the signer is known beforehand.',
			fix: 'Give the public key of the signer: bundle.signature.publicKey, or --public-key.',
			answers: ['bundle.signature.publicKey'],
		});
	}
	const minisig = await readSignature(layout);
	if (!minisig) return unsigned(request, key);
	const bytes = await readSums(layout);
	if (!key) {
		const text = `The bundle is signed by key ${minisig.keyId}, but that was not checked: no public key is pinned (bundle.signature.publicKey).`;
		return {warnings: modeOf(request) === 'off' ? [] : [text]};
	}
	checkMinisig(minisig, bytes, key, {data: bundleFiles.checksums, signature: bundleFiles.signature});
	const checksums = parseSums(bytes);
	const {missing, unlisted} = differences(layout, checksums);
	if (missing.length > 0) {
		throw tampered(
			`The bundle lacks ${missing.length} of the files that were signed.`,
			`They stand in ${bundleFiles.checksums} and are not there: lost on the way, or taken out.`,
			missing.slice(0, 20),
		);
	}
	if (unlisted.length > 0) {
		throw tampered(
			`The bundle holds ${unlisted.length} files that were not signed.`,
			`They do not stand in ${bundleFiles.checksums}: they were added after it was signed.`,
			unlisted.slice(0, 20),
		);
	}
	await compareSmallFiles(layout, checksums, signal);
	return {signer: {keyId: key.id, comment: minisig.trustedComment}, checksums, warnings: []};
};
