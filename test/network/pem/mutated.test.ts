import {X509Certificate} from 'node:crypto';
import {expect, test} from 'vitest';
import {toProblem} from '../../../source/base/problem.ts';
import {networkProblems} from '../../../source/network/problems.ts';
import {pairsIn} from '../pairs.ts';
import {make} from '../pki.ts';

const host = 'zenml-pro.corp.internal';
const {judge} = pairsIn();

/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
const seeded = (seed: number) => (): number => {
	seed = (seed + 0x6d2b79f5) | 0;
	let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
	mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
	return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

type Random = (below: number) => number;

const flipped = (bytes: Buffer, random: Random): Buffer => {
	const copy = Buffer.from(bytes);
	const at = random(copy.length);
	copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
	return copy;
};

const pemOf = (der: Buffer): string =>
	`-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;

/** A byte of the DER itself, so that base64 and labels stay right. */
const flippedInside = (text: string, random: Random): string | Buffer => {
	const blocks = text.match(/-----BEGIN CERT[\s\S]+?-----END CERTIFICATE-----/gu) ?? [];
	if (blocks.length === 0) return flipped(Buffer.from(text), random);
	const which = random(blocks.length);
	return blocks
		.map((pem, index) => (index === which ? pemOf(flipped(new X509Certificate(pem).raw, random)) : `${pem}\n`))
		.join('');
};

const labels = [
	'TRUSTED CERTIFICATE',
	'X509 CERTIFICATE',
	'CERTIFICATE REQUEST',
	'PKCS7',
	'PRIVATE KEY',
	'X',
	'X509 CRL',
];

const changes: readonly ((text: string, random: Random) => string | Buffer)[] = [
	(text, random) => flipped(Buffer.from(text), random),
	flippedInside,
	flippedInside,
	(text, random) => text.slice(0, random(text.length)),
	(text, random) => text.slice(random(text.length)),
	(text, random) => text.replaceAll(/(?<=BEGIN |END )[A-Z ]+/gu, labels[random(labels.length)] ?? ''),
	(text, random) => text.replace(/(?<=BEGIN |END )[A-Z ]+/u, labels[random(labels.length)] ?? ''),
	(text) => text + text,
	(text) => text.trim() + text,
	(text, random) =>
		text
			.split('\n')
			.toSpliced(random(text.split('\n').length), 1)
			.join('\n'),
	(text, random) =>
		text
			.split('\n')
			.toSpliced(random(text.split('\n').length), 0, 'x')
			.join('\n'),
	(text) => Buffer.from(text, 'utf16le'),
];

/** A fact that was not given; `\u{7f}` is a character made printable. */
const unfilled = /(?<!\\u)\{|undefined/u;

test('300 files that were changed at random end in a named problem, or in texts that hold the same certificates', async () => {
	const root = await make({name: 'Root'});
	const issuing = await make({name: 'Issuing', issuer: root});
	const leaf = await make({name: host, hosts: [host], issuer: issuing});
	const whole = {certificate: leaf.pem + issuing.pem, key: leaf.key, ca: root.pem};
	const next = seeded(20_261_128);
	const random: Random = (below) => Math.floor(next() * below);
	const seen = new Map<string, number>();
	for (let count = 0; count < 300; count += 1) {
		const part = (['certificate', 'key', 'ca'] as const)[random(3)] ?? 'ca';
		const change = changes[random(changes.length)] ?? String;
		const content = change(whole[part], random);
		const judged = await judge({...whole, [part]: content}, [host]).catch((error: unknown) => ({
			problems: [toProblem(error)],
			pair: undefined,
		}));
		for (const {code, cause, fix} of judged.problems) {
			expect(Object.keys(networkProblems.table)).toContain(code);
			expect(cause).not.toMatch(unfilled);
			expect(fix).not.toMatch(unfilled);
			seen.set(code, (seen.get(code) ?? 0) + 1);
		}
		if (judged.problems.length > 0) continue;
		const [sent] = judged.pair?.certificate.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----\n/gu) ?? [];
		expect([sent, judged.pair?.key]).toEqual([leaf.pem, leaf.key]);
		expect(judged.pair?.ca).toContain(root.pem);
	}
	expect(seen.size).toBeGreaterThan(5);
});
