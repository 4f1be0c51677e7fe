import {expect, test} from 'vitest';
import {type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import {imageNameOf, parseReference, tryReference} from '../../source/oci/reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
	['ubuntu', {host: 'docker.io', repository: 'library/ubuntu'}],
	['zenmldocker/zenml:1.0', {host: 'docker.io', repository: 'zenmldocker/zenml', tag: '1.0'}],
	['index.docker.io/zenmldocker/zenml:1.0', {host: 'docker.io', repository: 'zenmldocker/zenml', tag: '1.0'}],
	['docker.io/ubuntu:24.04', {host: 'docker.io', repository: 'library/ubuntu', tag: '24.04'}],
	['localhost/a/b', {host: 'localhost', repository: 'a/b'}],
	['registry:5000/zenml', {host: 'registry:5000', repository: 'zenml'}],
	[`[::1]:5000/a:1@${digest}`, {host: '[::1]:5000', repository: 'a', tag: '1', digest}],
	[
		`715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-api:0.10.24@${digest}`,
		{host: '715803424590.dkr.ecr.eu-west-1.amazonaws.com', repository: 'zenml-pro-api', tag: '0.10.24', digest},
	],
	[
		'europe-west1-docker.pkg.dev/p/r/i_a__b-c.d:V_1',
		{host: 'europe-west1-docker.pkg.dev', repository: 'p/r/i_a__b-c.d', tag: 'V_1'},
	],
])('%s is taken apart', (text, parts) => {
	expect(parseReference(text)).toEqual(parts);
});

const tagRule = 'A tag has up to 128 letters, digits, dots, dashes and underscores, and begins with none of . and -.';
const pathFix = 'Correct the path of the image.';

test.each([
	['', 'It is empty.', 'Give an image.'],
	['a b', 'There is a space or a line break in it.', 'Take it out, or quote the reference.'],
	['https://ghcr.io/a/b:1', 'It begins like a URL.', 'Leave everything up to :// out.'],
	['docker://a/b', 'It begins like a URL.', 'Leave everything up to :// out.'],
	['ghcr.io/Zenml/api:1', 'Zenml has capital letters.', 'Write it in lower case: zenml'],
	['ghcr.io/a//b', 'There is a slash too many, or nothing before the tag.', pathFix],
	['ghcr.io/a/b/', 'There is a slash too many, or nothing before the tag.', pathFix],
	['ghcr.io/a/b:', 'There is a colon, but no tag after it.', tagRule],
	['ghcr.io/a/b:.x', '".x" is not a tag.', tagRule],
	[`ghcr.io/a:${'x'.repeat(129)}`, `"${'x'.repeat(129)}" is not a tag.`, tagRule],
	[
		'ghcr.io/a@sha256:abc',
		'What comes after @ is not sha256: and 64 hex digits in lower case.',
		'Give the whole digest, or leave it out.',
	],
	[
		`ghcr.io/a@sha512:${'a'.repeat(64)}`,
		'What comes after @ is not sha256: and 64 hex digits in lower case.',
		'Give the whole digest, or leave it out.',
	],
	[
		'ghcr.io/a/../b',
		`".." is not a part of a repository's path.`,
		'A part has lower-case letters and digits, with single . or _, or dashes between them.',
	],
	['ghcr.io:99999/a', 'There is no port 99999.', 'Correct the port: 1 to 65535.'],
	['ghcr.io:0/a', 'There is no port 0.', 'Correct the port: 1 to 65535.'],
	['gh_cr.io/a', '"gh_cr.io" is not host or host:port.', 'Correct the host.'],
	[`ghcr.io/${'a/'.repeat(150)}b`, 'It is longer than the 255 characters that registries take.', pathFix],
])('%j is refused, and the cause told', (text, cause, fix) => {
	expect(() => parseReference(text)).toThrow(ProblemError);
	expect(tryReference(text)).toBeUndefined();
	const code = 'image-reference-invalid' satisfies ProblemCode;
	try {
		parseReference(text);
	} catch (error) {
		expect(error).toMatchObject({problem: {code, area: 'usage', cause, fix}});
	}
});

test('a long text is told by its beginning', () => {
	expect(() => parseReference(`A/${'b'.repeat(1000)}C:1`)).toThrow(
		`"A/${'b'.repeat(298)}" is not the reference of an image.`,
	);
});

test.each([
	['host:5000/a/b:1.0', {name: 'b', tag: '1.0'}],
	['zenml:0.95.1', {name: 'zenml', tag: '0.95.1'}],
	[`ghcr.io/a/b:1@${digest}`, {name: 'b', tag: '1'}],
	[`ghcr.io/a/b@${digest}`, undefined],
	['ghcr.io/a/b', undefined],
	['host:5000/b', undefined],
	['b:1 ', undefined],
])('%s is called %j at the internal registry', (text, name) => {
	expect(imageNameOf(text)).toEqual(name);
});
