import {expect, test} from 'vitest';
import {codeOf, faultOf} from '../../source/http/fault.ts';
import {makeCertificates} from '../registry/helpers.ts';
import {failureOf, open, serve} from './support.ts';

test('a server is trusted by the CA that is given beside those of the host, and asked with the client certificate', async () => {
	const server = await makeCertificates({ip: '127.0.0.1'});
	const ours = await makeCertificates({dns: 'jump-host'});
	const tls = {key: server.key, cert: server.cert, ca: ours.ca, requestCert: true, rejectUnauthorized: true};
	const {url} = await serve((_request, response) => void response.end('in'), {tls});
	const client = {certificate: ours.cert, key: ours.key};
	expect((await open({ca: server.ca, client})({url})).body.toString()).toBe('in');
	const unknown = await failureOf(open({client})({url}));
	expect(unknown).toMatchObject({kind: 'connection', stage: 'handshake'});
	expect(faultOf(unknown.cause)).toBe('untrusted');
});

test('a client certificate without its own key is told as such, before anything is asked', async () => {
	const [one, other] = [await makeCertificates({dns: 'one'}), await makeCertificates({dns: 'other'})];
	const {url, connections} = await serve((_request, response) => void response.end(), {
		tls: {key: one.key, cert: one.cert},
	});
	const failure = await failureOf(open({client: {certificate: one.cert, key: other.key}})({url}));
	expect(failure.kind).toBe('identity');
	expect(codeOf(failure.cause)).toBe('ERR_OSSL_X509_KEY_VALUES_MISMATCH');
	expect(connections()).toBe(0);
});
