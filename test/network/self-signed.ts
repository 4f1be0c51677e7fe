import 'reflect-metadata';
import {PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator} from '@peculiar/x509';
import type {Issued} from '../../rehearsal/authority/index.ts';

/** What people make with `openssl req -x509` for a server: a certificate that no CA stands above. */
export const selfSigned = async (host: string): Promise<Issued> => {
	const algorithm = {name: 'ECDSA', namedCurve: 'P-256'};
	const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
	const certificate = await X509CertificateGenerator.createSelfSigned({
		serialNumber: '42',
		name: `CN=${host}`,
		notBefore: new Date(Date.now() - 1000),
		notAfter: new Date(Date.now() + 86_400_000 * 90),
		keys,
		signingAlgorithm: {name: 'ECDSA', hash: 'SHA-256'},
		extensions: [new SubjectAlternativeNameExtension([{type: 'dns', value: host}])],
	});
	return {
		cert: `${certificate.toString('pem')}\n`,
		key: `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')}\n`,
	};
};
