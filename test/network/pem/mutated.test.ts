import {X509Certificate} from 'node:crypto';
import {expect, test} from 'vitest';
import {toProblem} from '../../../source/base/problem.ts';
import {networkProblems} from '../../../source/network/problems.ts';
import {meetAll, patienceMs} from '../../helpers/mutants.ts';
import {flipped, mutantOf} from '../../helpers/mutations.ts';
import type {Random} from '../../helpers/random.ts';
import {pairsIn} from '../pairs.ts';
import {make} from '../pki.ts';

const host = 'zenml-pro.corp.internal';
const {judge} = pairsIn();

const pemOf = (der: Buffer): string =>
	`-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;

/** A byte of the DER itself, so that base64 and labels stay right. */
const flippedInside = (text: string, random: Random): string | Buffer => {
	const blocks = text.match(/-----BEGIN CERT[\s\S]+?-----END CERTIFICATE-----/gu) ?? [];
	if (blocks.length === 0) return flipped(Buffer.from(text), random);
	const which = random.below(blocks.length);
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
	mutantOf,
	mutantOf,
	mutantOf,
	flippedInside,
	flippedInside,
	(text, {pick}) => text.replaceAll(/(?<=BEGIN |END )[A-Z ]+/gu, pick(labels)),
	(text, {pick}) => text.replace(/(?<=BEGIN |END )[A-Z ]+/u, pick(labels)),
	(text) => text.trim() + text,
	(text, {below}) => {
		const lines = text.split('\n');
		return lines.toSpliced(below(lines.length), 1).join('\n');
	},
	(text, {below}) => {
		const lines = text.split('\n');
		return lines.toSpliced(below(lines.length), 0, 'x').join('\n');
	},
];

/** A fact that was not given; `\u{7f}` is a character made printable. */
const unfilled = /(?<!\\u)\{|undefined/u;

test(
	'files that were changed at random end in a named problem, or in texts that hold the same certificates',
	async () => {
		const root = await make({name: 'Root'});
		const issuing = await make({name: 'Issuing', issuer: root});
		const leaf = await make({name: host, hosts: [host], issuer: issuing});
		const whole = {certificate: leaf.pem + issuing.pem, key: leaf.key, ca: root.pem};
		const reaches = ['result', 'tls-file-damaged', 'tls-file-not-pem', 'tls-root-missing'];
		await meetAll({usual: 300, reaches}, async (random) => {
			const part = random.pick(['certificate', 'key', 'ca'] as const);
			const content = random.pick(changes)(whole[part], random);
			const judged = await judge({...whole, [part]: content}, [host]).catch((error: unknown) => ({
				problems: [toProblem(error)],
				pair: undefined,
			}));
			for (const {code, cause, fix} of judged.problems) {
				expect(Object.keys(networkProblems.table)).toContain(code);
				expect(cause).not.toMatch(unfilled);
				expect(fix).not.toMatch(unfilled);
			}
			if (judged.problems.length > 0) return judged.problems.map(({code}) => code);
			const [sent] = judged.pair?.certificate.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----\n/gu) ?? [];
			expect([sent, judged.pair?.key]).toEqual([leaf.pem, leaf.key]);
			expect(judged.pair?.ca).toContain(root.pem);
			return 'result';
		});
	},
	patienceMs,
);
