import {expect, test} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {clientPairProblem} from '../../source/network/client-pair.ts';

const fileOf = (answer: string, pem: string) => ({answer, file: `/pki/${answer}`, pem});

test('a certificate and the key that it was requested with are a pair, whatever leads to their CA', async () => {
	const authority = await createAuthority({name: 'Internal CA'});
	const {cert, key} = await authority.issue({hosts: ['client']});
	const pem = `${cert}${authority.caPem}`;
	expect(clientPairProblem(fileOf('c', pem), fileOf('k', key))).toBeUndefined();
});

test('a key of another certificate is told with both answers', async () => {
	const authority = await createAuthority({name: 'Internal CA'});
	const [one, other] = await Promise.all(['a', 'b'].map(async (host) => authority.issue({hosts: [host]})));
	expect(clientPairProblem(fileOf('c', one?.cert ?? ''), fileOf('k', other?.key ?? ''))).toMatchObject({
		code: 'tls-key-mismatch',
		message: 'The key /pki/k does not belong to the certificate /pki/c.',
		cause: 'Their public keys differ.',
		fix: 'Name the key that the certificate was requested with in k, or the certificate of that key in c.',
		answers: ['k', 'c'],
	});
});

test('a key of a certificate further down asks for another order', async () => {
	const authority = await createAuthority({name: 'Internal CA'});
	const {cert, key} = await authority.issue({hosts: ['client']});
	expect(clientPairProblem(fileOf('c', `${authority.caPem}${cert}`), fileOf('k', key))).toMatchObject({
		code: 'tls-key-mismatch',
		fix: 'Put that certificate first in the file.',
		answers: ['k', 'c'],
	});
});
