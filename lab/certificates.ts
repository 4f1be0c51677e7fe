import {generateKeyPairSync, randomBytes, webcrypto} from 'node:crypto';
import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import {runCommand} from './commands.ts';

const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};
const day = 86_400_000;

/** Paths of a PEM certificate and its key. */
export type Pair = {readonly cert: string; readonly key: string};

/** What a leaf certificate says. Groups of a Kubernetes user are its organizations (kubernetes.io, "X509 client certificates"). */
export type Leaf = {
	readonly user: string;
	readonly groups?: readonly string[];
	readonly hosts?: readonly string[];
	readonly ips?: readonly string[];
};

/** The lab's certificate authority: everything it makes lies as a file in its folder, and is made once. */
export type LabAuthority = {
	readonly ca: string;
	readonly caPem: string;
	readonly issue: (name: string, leaf: Leaf) => Promise<Pair>;
	/** RSA pair for service account tokens: private key and public key. */
	readonly serviceAccountKeys: () => Promise<{readonly key: string; readonly pub: string}>;
};

const pemKey = async (key: webcrypto.CryptoKey): Promise<string> =>
	`${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;

const serial = (): string => `4${randomBytes(15).toString('hex').slice(1)}`;

const validity = () => ({notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 365 * day)});

const save = async (pair: Pair, cert: string, key: string): Promise<void> => {
	await writeFile(pair.key, key, {mode: 0o600});
	await writeFile(pair.cert, cert, {mode: 0o644});
};

/** Opens the authority of a folder, making it when absent. */
export const openLabAuthority = async (folder: string): Promise<LabAuthority> => {
	const files: Pair = {cert: join(folder, 'ca.crt'), key: join(folder, 'ca.key')};
	if (!existsSync(files.cert)) {
		const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
		const root = await x509.X509CertificateGenerator.createSelfSigned({
			serialNumber: serial(),
			name: 'CN=Lab Root CA,O=Lab',
			keys,
			signingAlgorithm: algorithm,
			...validity(),
			extensions: [
				new x509.BasicConstraintsExtension(true, undefined, true),
				new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
				await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
			],
		});
		await save(files, `${root.toString('pem')}\n`, await pemKey(keys.privateKey));
	}
	const caPem = await readFile(files.cert, 'utf8');
	const root = new x509.X509Certificate(caPem);
	const signingKey = await webcrypto.subtle.importKey(
		'pkcs8',
		x509.PemConverter.decodeFirst(await readFile(files.key, 'utf8')),
		algorithm,
		true,
		['sign'],
	);
	const issue = async (name: string, {user, groups = [], hosts = [], ips = []}: Leaf): Promise<Pair> => {
		const pair: Pair = {cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`)};
		if (existsSync(pair.cert)) return pair;
		const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
		const names: x509.JsonGeneralName[] = [
			...hosts.map((value) => ({type: 'dns', value}) as const),
			...ips.map((value) => ({type: 'ip', value}) as const),
		];
		const certificate = await x509.X509CertificateGenerator.create({
			serialNumber: serial(),
			issuer: root.subject,
			subject: [...groups.map((group) => ({O: [group]})), {CN: [user]}],
			publicKey: keys.publicKey,
			signingKey,
			signingAlgorithm: algorithm,
			...validity(),
			extensions: [
				new x509.BasicConstraintsExtension(false, undefined, true),
				new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
				new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
				await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
				...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
			],
		});
		await save(pair, `${certificate.toString('pem')}\n`, await pemKey(keys.privateKey));
		return pair;
	};
	return {
		ca: files.cert,
		caPem,
		issue,
		serviceAccountKeys: async () => {
			const paths = {key: join(folder, 'service-account.key'), pub: join(folder, 'service-account.pub')};
			if (!existsSync(paths.pub)) {
				const {privateKey, publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
				await writeFile(paths.key, privateKey.export({type: 'pkcs1', format: 'pem'}), {mode: 0o600});
				await writeFile(paths.pub, publicKey.export({type: 'spki', format: 'pem'}));
			}
			return paths;
		},
	};
};

/**
 * A line of an htpasswd file with a bcrypt hash, the only kind that docker-registry takes. Perl's crypt is the system's
 * libcrypt, which knows bcrypt on Debian; the password goes in by standard input.
 */
export const htpasswdLine = async (username: string, password: string): Promise<string> => {
	const salt = randomBytes(22).toString('base64').replace(/[+=/]/gu, '.').slice(0, 21);
	const hash = await runCommand(
		'perl',
		['-e', 'chomp(my $p = <STDIN>); print crypt($p, $ARGV[0])', `$2b$06$${salt}u`],
		{
			input: `${password}\n`,
		},
	);
	return `${username}:${hash}\n`;
};
