import {readSlice} from '../../archive/slice.ts';
import {maximumJsonBytes} from '../../archive/tree.ts';
import {type Minisig, maximumSignatureBytes} from '../../minisign/minisig.ts';
import {type PublicKey, parsePublicKey} from '../../minisign/public-key.ts';
import {readKeyFile} from '../../minisign/read-key.ts';
import {hexOf, sha256Of} from '../../oci/digest.ts';
import {bundleFiles} from '../layout/index-file.ts';
import type {Layout} from '../layout/layout.ts';
import {differences, maximumChecksumsBytes, parseSums} from './checksums.ts';
import {checkMinisig, parseMinisig, signatureTooLarge} from './minisig.ts';
import {atSignature, signatureProblems} from './problems.ts';

/** `require`: no signature by the pinned key, no bundle. `warn`: say what is not proven. `off`: say nothing of it. */
type SignatureMode = 'require' | 'warn' | 'off';

/** What is asked of a bundle. `publicKey` is a file, or the line of Base64 in it. */
export type SignatureRequest = {readonly mode?: SignatureMode | undefined; readonly publicKey?: string | undefined};

/** Who signed: the key id, and the comment that the signature covers. */
type Signer = {readonly keyId: string; readonly comment: string};

/** What came out. `signer` and `checksums` only where the signature was checked with a pinned key and holds. */
type SignatureFinding = {
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
	if (slice.size > maximumSignatureBytes) throw signatureTooLarge(slice.label, slice.size);
	return parseMinisig(await readSlice(slice), slice.label);
};

const readSums = async (layout: Layout): Promise<Buffer> => {
	const slice = layout.files.get(bundleFiles.checksums);
	if (!slice) throw signatureProblems.error('bundle-signature-broken', {case: 'no list'}, atSignature);
	const {label: file, size: bytes} = slice;
	if (bytes <= maximumChecksumsBytes) return readSlice(slice);
	throw signatureProblems.error('bundle-signature-broken', {case: 'list too large', file, bytes}, atSignature);
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
		const actual = sha256Of(await readSlice(slice));
		if (actual === expected) continue;
		const given = {case: 'another file', file: path, actual: hexOf(actual), signed: hexOf(expected)} as const;
		throw signatureProblems.error('bundle-signature-broken', given, atSignature);
	}
};

/** A transfer in text mode changes each line of a list that is otherwise the signed one. */
const withLineEnds = (minisig: Minisig, bytes: Buffer, key: PublicKey): Error | undefined => {
	if (!bytes.includes('\r\n')) return undefined;
	try {
		checkMinisig(minisig, Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'), key);
	} catch {
		return undefined;
	}
	return signatureProblems.error(
		'bundle-checksums-damaged',
		{case: 'line ends'},
		{location: {file: bundleFiles.checksums}},
	);
};

const unsigned = (request: SignatureRequest, key: PublicKey | undefined): SignatureFinding => {
	const mode = modeOf(request);
	if (mode === 'require') throw signatureProblems.error('bundle-signature-missing', {key: key?.id ?? ''});
	if (mode === 'off') return {warnings: []};
	const by = key ? ` by the pinned key ${key.id}` : '';
	return {warnings: [`The bundle is not signed${by}: that it is the one that was sent could not be verified.`]};
};

/** Nobody can say whether this signature is worth anything. */
const unchecked = (request: SignatureRequest, {keyId}: Minisig): SignatureFinding => {
	const text = `The bundle is signed by key ${keyId}, but that was not checked: no public key is pinned (bundle.signature.publicKey).`;
	return {warnings: modeOf(request) === 'off' ? [] : [text]};
};

/** Every file is listed, and every listed file is there. */
const requireSameFiles = (layout: Layout, sums: ReadonlyMap<string, string>): void => {
	const {missing, unlisted} = differences(layout, sums);
	const refused = (name: 'files missing' | 'files added', files: readonly string[]) =>
		signatureProblems.error(
			'bundle-signature-broken',
			{case: name, count: files.length},
			{...atSignature, evidence: files.slice(0, 20)},
		);
	if (missing.length > 0) throw refused('files missing', missing);
	if (unlisted.length > 0) throw refused('files added', unlisted);
};

const pinnedKey = async (request: SignatureRequest): Promise<PublicKey | undefined> => {
	if (request.publicKey !== undefined) return readPublicKey(request.publicKey);
	if (modeOf(request) === 'require') throw signatureProblems.error('bundle-signature-no-key', {});
	return undefined;
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
	const key = await pinnedKey(request);
	const minisig = await readSignature(layout);
	if (!minisig) return unsigned(request, key);
	const bytes = await readSums(layout);
	if (!key) return unchecked(request, minisig);
	try {
		checkMinisig(minisig, bytes, key);
	} catch (error) {
		throw withLineEnds(minisig, bytes, key) ?? error;
	}
	const checksums = parseSums(bytes);
	requireSameFiles(layout, checksums);
	await compareSmallFiles(layout, checksums, signal);
	return {signer: {keyId: key.id, comment: minisig.trustedComment}, checksums, warnings: []};
};
