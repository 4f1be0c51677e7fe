import {expect, test} from 'vitest';
import {createTls} from '../../source/network/tls.ts';
import {pairsIn} from './pairs.ts';
import {make} from './pki.ts';

const host = 'zenml-pro.corp.internal';
const hosts = [host];
const day = 86_400_000;
const over = {from: Date.UTC(2020, 0, 1), until: Date.UTC(2021, 0, 1)};
const {judge, write} = pairsIn();

test('an expired root that nothing needs warns by name', async () => {
	const root = await make({name: 'Root'});
	const old = await make({name: 'Old root', ...over});
	const leaf = await make({name: host, hosts, issuer: root});
	for (const ca of [old.pem + root.pem, root.pem + old.pem]) {
		const {problems, warnings, pair} = await judge({certificate: leaf.pem, key: leaf.key, ca}, hosts);
		expect(problems).toEqual([]);
		expect(warnings).toEqual([
			expect.stringMatching(
				/^The certificate "CN=Old root" in .+ has expired\. It was valid until 2021-01-01 00:00 UTC\. Nothing needs it; it can be taken out\.$/u,
			),
		]);
		expect(pair?.ca).toBe(ca);
	}
});

test('an expired root that the chain needs is refused', async () => {
	const old = await make({name: 'Old root', ...over});
	const root = await make({name: 'Root'});
	const leaf = await make({name: host, hosts, issuer: old});
	const {problems} = await judge({certificate: leaf.pem, key: leaf.key, ca: old.pem + root.pem}, hosts);
	expect(problems).toMatchObject([{code: 'tls-expired', message: expect.stringContaining('"CN=Old root"')}]);
});

test('a root renewed with its key counts, whichever of the two stands first', async () => {
	const old = await make({name: 'Root', ...over});
	const renewed = await make({name: 'Root', keys: old.keys});
	const leaf = await make({name: host, hosts, issuer: old});
	for (const ca of [old.pem + renewed.pem, renewed.pem + old.pem]) {
		const {problems, warnings} = await judge({certificate: leaf.pem, key: leaf.key, ca}, hosts);
		expect(problems).toEqual([]);
		expect(warnings).toEqual([expect.stringContaining('has expired')]);
	}
});

test('a CA that an expired one signed too is followed to its valid root', async () => {
	const old = await make({name: 'Old root', ...over});
	const root = await make({name: 'Root'});
	const issuing = await make({name: 'Issuing', issuer: root});
	const byOld = await make({name: 'Issuing', issuer: old, keys: issuing.keys});
	const leaf = await make({name: host, hosts, issuer: issuing});
	const ca = old.pem + root.pem;
	const {problems} = await judge({certificate: leaf.pem + issuing.pem + byOld.pem, key: leaf.key, ca}, hosts);
	expect(problems).toEqual([]);
	const reissued = await make({name: 'Issuing', issuer: root, keys: issuing.keys});
	const both = {certificate: leaf.pem + issuing.pem, key: leaf.key, ca: reissued.pem + root.pem};
	expect((await judge(both, hosts)).problems).toEqual([]);
});

test('a root that is not valid yet and a certificate of no CA warn where nothing needs them', async () => {
	const root = await make({name: 'Root'});
	const next = await make({name: 'Next root', from: Date.now() + day});
	const server = await make({name: 'a.corp.internal', hosts: ['a.corp.internal']});
	const leaf = await make({name: host, hosts, issuer: root});
	const ca = next.pem + server.pem + root.pem;
	const {problems, warnings} = await judge({certificate: leaf.pem, key: leaf.key, ca}, hosts);
	expect(problems).toEqual([]);
	expect(warnings).toEqual([
		expect.stringMatching(/^The certificate "CN=Next root" in .+ is not valid yet\..+ Nothing needs it/u),
		expect.stringMatching(
			/holds a certificate that is not of a CA\. "CN=a\.corp\.internal" may not sign .+ Nothing needs/u,
		),
	]);
});

test('a store from which an expired root was thrown out still trusts the bundle', async () => {
	const root = await make({name: 'Root'});
	const old = await make({name: 'Old root', ...over});
	const {hostTrusts} = createTls({trustStore: await write(root.pem)});
	expect((await hostTrusts(old.pem + root.pem)).trusted).toBe(true);
	expect((await hostTrusts(old.pem)).trusted).toBe(false);
	const until = over.until - day;
	expect((await hostTrusts(old.pem + root.pem, until)).trusted).toBe(false);
});

test('many certificates of one name and key end in an answer', async () => {
	const first = await make({name: 'Root'});
	const others = await Promise.all(
		Array.from({length: 40}, async () => make({name: 'Root', issuer: first, keys: first.keys})),
	);
	const leaf = await make({name: host, hosts, issuer: first});
	const ca = others.map(({pem}) => pem).join('');
	expect((await judge({certificate: leaf.pem, key: leaf.key, ca}, hosts)).problems).toEqual([]);
});
