import {expect, test} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {parseReference} from '../../source/oci/reference.ts';

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

test.each([
	['', /empty/u],
	['a b', /space/u],
	['https://ghcr.io/a/b:1', /URL/u],
	['docker://a/b', /URL/u],
	['ghcr.io/Zenml/api:1', /Zenml has capital letters/u],
	['ghcr.io/a//b', /slash too many/u],
	['ghcr.io/a/b/', /slash too many/u],
	['ghcr.io/a/b:', /no tag after it/u],
	['ghcr.io/a/b:.x', /not a tag/u],
	[`ghcr.io/a:${'x'.repeat(129)}`, /not a tag/u],
	['ghcr.io/a@sha256:abc', /64 hex digits/u],
	['ghcr.io/a@sha512:abc', /64 hex digits/u],
	['ghcr.io/a/../b', /not a part of a repository/u],
	['ghcr.io:99999/a', /no port 99999/u],
	['gh_cr.io/a', /not host or host:port/u],
	[`ghcr.io/${'a/'.repeat(150)}b`, /longer than the 255/u],
])('%j is refused, and the cause told', (text, cause) => {
	let thrown: unknown;
	try {
		parseReference(text);
	} catch (error) {
		thrown = error;
	}
	expect(thrown).toBeInstanceOf(ProblemError);
	const {problem} = thrown as ProblemError;
	expect(problem).toMatchObject({code: 'image-reference-invalid', area: 'usage'});
	expect(problem.cause).toMatch(cause);
});
