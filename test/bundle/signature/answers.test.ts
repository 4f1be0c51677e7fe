import {expect, test} from 'vitest';
import {publicKeyLine} from '../../../source/minisign/public-key.ts';
import {generateSigningKey} from '../../../source/minisign/secret-key.ts';
import {load, problemsOf, shortest} from '../../answers/samples.ts';

const withSignature = (signature: string): string => `${shortest}bundle:\n  signature: ${signature}\n`;

test('a required signature needs a key', () => {
	const [problem, ...others] = problemsOf(withSignature('{mode: require}'));
	expect(others).toEqual([]);
	expect(problem?.answers).toContain('bundle.signature.publicKey');
	expect(load(withSignature('{mode: warn}')).bundle.signature).toEqual({mode: 'warn'});
	expect(load(shortest).bundle.signature).toEqual({});
});

test('a public key may be a file beside the answers, or its line', () => {
	const line = publicKeyLine(generateSigningKey().public);
	const resolved = (key: string) => load(withSignature(`{publicKey: ${key}}`)).bundle.signature.publicKey;
	expect(resolved(line)).toBe(line);
	expect(resolved('bundle.pub')).toBe('/srv/site/bundle.pub');
	expect(resolved('~/bundle.pub')).toBe('/home/ada/bundle.pub');
});
