import {chmod, truncate} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {HttpFailure} from '../../../source/http/failure.ts';
import {askHelper} from '../../../source/registry/pull/credential-helper.ts';
import {readLoginFile} from '../../../source/registry/pull/login-files.ts';
import {createLoginFinder} from '../../../source/registry/pull/logins.ts';
import {pullProblems} from '../../../source/registry/pull/problems.ts';
import {explainProxy, proxiesOf} from '../../../source/registry/pull/proxies.ts';
import {casesOf, expectTold, nameOf, type Row} from '../told.ts';
import {answering, blobOf, collect, folderOf, makeCertificates, never, noise, sourceAt} from './support.ts';

const bytes = noise('layer', 1000);
const blob = blobOf(bytes);
const {digest} = blob;

/** Reads the blob from a server that answers so. */
const reading = async (status: number, body: Buffer, headers = {}, from = 0) => {
	const {host} = await answering((_request, response) => void response.writeHead(status, headers).end(body));
	return collect(sourceAt(host).readBlob({host, repository: 'zenml/api'}, blob, {from, signal: never}));
};

/** Reads a manifest from a server that has this one, and these tags. */
const manifestOf = async (status: number, manifest: string, tags?: readonly string[]) => {
	const {host} = await answering((_request, response, url) => {
		if (url.pathname.endsWith('/tags/list')) response.writeHead(tags ? 200 : 404).end(JSON.stringify({tags}));
		else response.writeHead(status).end(manifest);
		return undefined;
	});
	return sourceAt(host).readManifest({host, repository: 'zenml/api', reference: '1.0'}, never);
};

/** Asks a helper that does this. */
const helperThat = async (body: string | undefined, {mode = 0o755, timeoutMs = 10_000, name = 'odd'} = {}) => {
	const folder = await folderOf(body === undefined ? {} : {'docker-credential-odd': `#!/bin/sh\n${body}\n`});
	if (body !== undefined) await chmod(join(folder, 'docker-credential-odd'), mode);
	return askHelper({name, environment: {PATH: `${folder}:/usr/bin:/bin`}, signal: never, timeoutMs}, 'ghcr.io');
};

const runIt =
	'Run the helper by hand to see what it says; mend it, or take it out of the configuration file and log in anew.';
const mendIt = 'Mend the file, or name a folder with another config.json by DOCKER_CONFIG.';
const sizeFix = 'Try again. If it comes back, the registry or a proxy before it changes what passes.';
const proxyFix = 'Check HTTPS_PROXY and NO_PROXY, and that the proxy lets ghcr.io through.';

const proxied = (error: Error) => {
	const call = {
		method: 'GET',
		url: new URL('https://ghcr.io/v2/'),
		signal: never,
		context: {registry: 'ghcr.io', what: 'pull', pull: {given: false, source: 'nowhere'}},
	} as const;
	const failure = new HttpFailure('connection', {stage: 'connect', sentBytes: 0}, {cause: error});
	return explainProxy({HTTPS_PROXY: 'http://op:pw@proxy.example.com:3128'})(call, failure);
};

const rows: readonly Row[] = [
	{
		code: 'registry-login-file',
		case: 'long',
		provoke: async () => {
			const path = join(await folderOf({'config.json': '{}'}), 'config.json');
			await truncate(path, 5 * 1024 * 1024);
			return readLoginFile({path, named: false});
		},
		cause: 'It is longer than any file of logins.',
		fix: mendIt,
	},
	{
		code: 'registry-login-file',
		case: 'missing',
		provoke: () => readLoginFile({path: '/nonexistent/auth.json', named: true}),
		cause: 'REGISTRY_AUTH_FILE names it, but it does not exist.',
		fix: mendIt,
	},
	{
		code: 'registry-login-file',
		case: 'unreadable',
		provoke: async () => readLoginFile({path: await folderOf({}), named: false}),
		cause: 'It cannot be read. It is a folder, but a file was expected.',
		fix: mendIt,
	},
	{
		code: 'registry-login-file',
		case: 'no JSON',
		provoke: async () => {
			const path = join(await folderOf({'config.json': '{"auths": '}), 'config.json');
			return readLoginFile({path, named: false});
		},
		cause: 'It is not JSON.',
		fix: mendIt,
	},
	{
		code: 'registry-login-file',
		case: 'other form',
		provoke: async () => {
			const path = join(await folderOf({'config.json': '{"auths": {"ghcr.io": "x"}}'}), 'config.json');
			return readLoginFile({path, named: false});
		},
		cause: 'It is not built like a file of logins: look at auths.ghcr.io.',
		fix: mendIt,
	},
	{
		code: 'registry-login-file',
		case: 'entry',
		provoke: async () => {
			const homeDirectory = await folderOf({'.docker/config.json': '{"auths": {"ghcr.io": {"auth": "eA=="}}}'});
			return createLoginFinder({environment: {}, homeDirectory, onSecret: () => {}, signal: never})('ghcr.io');
		},
		cause: 'Its field auth is not base64 of user:password.',
		fix: 'Log in to ghcr.io anew, or take the entry out.',
	},
	...(
		[
			[
				'no name',
				() => helperThat(undefined, {name: '../x'}),
				'That is not the name of a helper: it has no path and no spaces.',
			],
			['not in PATH', () => helperThat(undefined), 'There is no such program in the PATH.'],
			['not started', () => helperThat('exit 0', {mode: 0o644}), 'It could not be started. This user may not run it.'],
			['late', () => helperThat('exec sleep 60', {timeoutMs: 50}), 'It did not answer within 0.05 s.'],
			['long answer', () => helperThat('yes | head -c 3000000'), 'Its answer is longer than any login.'],
			['other answer', () => helperThat('echo {}'), 'Its answer is not JSON with Username and Secret.'],
			['failed', () => helperThat('echo no; exit 3'), 'It ended with exit code 3.'],
			['killed', () => helperThat('kill -9 $$'), 'It was ended by SIGKILL.'],
		] as const
	).map(
		([name, provoke, cause]): Row => ({code: 'registry-credential-helper', case: name, provoke, cause, fix: runIt}),
	),
	{
		code: 'registry-proxy',
		case: 'no proxy',
		provoke: () => proxiesOf({HTTPS_PROXY: 'socks5://127.0.0.1:1080'}),
		cause: 'It is not http://HOST:PORT or https://HOST:PORT; proxies of SOCKS are not supported.',
		fix: 'Correct HTTPS_PROXY, or take it out of the environment.',
	},
	{
		code: 'registry-proxy',
		case: 'refused',
		provoke: () => proxied(Object.assign(new Error('closed'), {code: 'ERR_PROXY_TUNNEL'})),
		cause: 'The proxy proxy.example.com:3128 did not open a way to ghcr.io.',
		fix: proxyFix,
	},
	{
		code: 'registry-proxy',
		case: 'refused with status',
		provoke: () => proxied(Object.assign(new Error('no'), {code: 'ERR_PROXY_TUNNEL', statusCode: 407})),
		cause: 'The proxy proxy.example.com:3128 did not open a way to ghcr.io: it answers 407.',
		fix: proxyFix,
	},
	{
		code: 'registry-proxy',
		case: 'unreachable',
		provoke: () => proxied(Object.assign(new Error('no'), {code: 'ECONNREFUSED'})),
		cause:
			'Nothing listens on that port, or a firewall refuses it. The environment names the proxy proxy.example.com:3128.',
		fix: proxyFix,
	},
	{
		code: 'registry-storage-refused',
		provoke: async () => {
			const {ca, key, cert} = await makeCertificates({ip: '127.0.0.1'});
			const storage = await answering((_request, response) => void response.writeHead(403).end(), {key, cert});
			const {host} = await answering(
				(_request, response) => void response.writeHead(307, {location: `https://${storage.host}/x`}).end(),
				{key, cert},
			);
			const source = sourceAt(host, {plainHttp: [], ca: {[host]: ca}});
			return collect(source.readBlob({host, repository: 'zenml/api'}, blob, {from: 0, signal: never}));
		},
		cause: 'It sends the download on to HOST, which answers 403.',
		fix: 'Check that this machine may reach HOST; a proxy may let the registry through, but not its storage.',
	},
	...(
		[
			[
				'others',
				() => reading(206, bytes.subarray(200), {'content-range': 'bytes 200-999/1000'}, 100),
				'Bytes from 100 on were asked for; it sends others.',
			],
			['more', () => reading(200, Buffer.concat([bytes, bytes])), 'It sends more.'],
			['fewer', () => reading(200, bytes.subarray(5)), 'It sends 995.'],
			['none', () => reading(416, Buffer.alloc(0), {}, 100), 'It has no bytes from 100 on.'],
		] as const
	).map(
		([name, provoke, what]): Row => ({
			code: 'registry-blob-size',
			case: name,
			provoke,
			cause: `${digest} has 1000 bytes by its manifest. ${what}`,
			fix: sizeFix,
		}),
	),
	{
		code: 'image-blob-missing',
		provoke: () => reading(404, Buffer.alloc(0)),
		cause: `A manifest names the layer ${digest}, but the registry does not have it: it was cleaned up, or the image was pushed in part.`,
		fix: 'Have the image pushed to that registry again, or pull it from another one.',
	},
	{
		code: 'image-not-found',
		case: 'no repository',
		provoke: () => manifestOf(404, '{"errors": [{"code": "NAME_UNKNOWN"}]}'),
		cause: 'There is no repository zenml/api on it, or this login may not see it.',
		fix: 'Check the name and the version.',
	},
	{
		code: 'image-not-found',
		case: 'other tags',
		provoke: () => manifestOf(404, '', ['9.9', '1.1', '1.0.1']),
		cause: 'The repository zenml/api is there, but not this tag. It has, among others: 1.1, 9.9, 1.0.1.',
		fix: 'Check the name and the version.',
	},
	{
		code: 'image-not-found',
		case: 'neither',
		provoke: () => manifestOf(404, ''),
		cause: 'There is no tag 1.0 in zenml/api, or no such repository.',
		fix: 'Check the name and the version.',
	},
	{
		code: 'image-schema-1',
		provoke: () => manifestOf(200, '{"schemaVersion": 1}'),
		cause:
			'It is kept there as a Docker image of schema 1, a form that was given up in 2017 and has no digests of its own.',
		fix: 'Have the image pushed again by a current client, or use a newer version of it.',
	},
	{
		code: 'image-manifest-ambiguous',
		provoke: () => manifestOf(200, '{"manifests": [], "layers": []}'),
		cause: 'Its manifest is an index and an image at once.',
		fix: 'Do not use this image.',
	},
	{
		code: 'image-manifest-unknown',
		provoke: () => manifestOf(200, '{"mediaType": "text/\u202ehtml"}'),
		cause: 'What lies there is no container image: its type is "text/ html".',
		fix: 'Check the reference; a chart or another artifact may lie under that name.',
	},
	{
		code: 'image-manifest-parts',
		provoke: async () => {
			const {host} = await answering((request, response, url) => {
				const isTag = url.pathname.includes('/manifests/');
				response.writeHead(isTag ? 200 : 404).end(request.method === 'GET' && isTag ? '{"layers": ["x"]}' : '');
				return undefined;
			});
			return sourceAt(host).referrers({host, repository: 'zenml/api'}, digest, never);
		},
		cause: 'Its manifest does not name its parts by sha256 and size.',
		fix: 'Have the image pushed again by a current client, or use another one.',
	},
];

describe('each refusal of a pull is told with its cause and its fix', () => {
	test.each(rows.map((row) => [nameOf(row), row] as const))('%s', async (_name, row) => {
		await expectTold(row);
	});

	test('and there is none that no test provokes', () => {
		expect(rows.map(nameOf).sort()).toEqual([...casesOf(pullProblems.table)].sort());
	});
});

test('a failure that is not the way to a proxy is left to the registry', async () => {
	expect(proxied(Object.assign(new Error('no'), {code: 'CERT_HAS_EXPIRED'}))).toBeUndefined();
});
