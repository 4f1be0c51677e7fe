import {chmod, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {type RunningS3, type S3Site, startS3} from '../../rehearsal/s3/index.ts';
import {hasPython, runScript as run} from './support/python.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
});

const folder = async (): Promise<string> => {
	const made = await mkdtemp(join(tmpdir(), 'zenml-storage-'));
	ends.push(() => rm(made, {recursive: true, force: true}));
	return made;
};

const site: S3Site = {accessKey: 'AKIDROUND', secretKey: 'a/secret+key=', bucket: 'zenml', region: 'eu-1'};

/** A server, and what a pod is told of it; its Secret is a folder. */
const stage = async (change: Partial<S3Site> = {}) => {
	const [directory, secret] = [await folder(), await folder()];
	const authority = await createAuthority({name: 'Test CA'});
	const pair = await authority.issue({hosts: ['localhost']});
	const server: RunningS3 = await startS3({port: 0, directory, site: {...site, ...change}, pair});
	ends.push(server.stop);
	const put = async (name: string, text: string): Promise<string> => {
		await writeFile(join(secret, name), text);
		return join(secret, name);
	};
	const args = {
		endpoint: `https://localhost:${server.port}`,
		...{bucket: 'zenml', prefix: 'team a/b', region: 'eu-1', pathStyle: true},
		files: {
			accessKey: await put('accessKey', site.accessKey),
			secretKey: await put('secretKey', `${site.secretKey}\n`),
			ca: await put('ca', authority.caPem),
		},
	};
	return {args, directory, put};
};

describe.skipIf(!hasPython)('a bucket, tried by python3 (left out where there is no Python 3.10)', () => {
	it('is listed, written to, read back from, and left as it was', async () => {
		const {args, directory} = await stage();
		expect(await run('s3', args)).toEqual({ok: true});
		expect(await readdir(directory)).toEqual([]);
	});

	it('whose key is unknown, or whose secret key is another, is told apart', async () => {
		const {args, put} = await stage();
		await put('secretKey', 'another');
		expect(await run('s3', args)).toMatchObject({
			kind: 'answer',
			deed: 'list',
			code: 'SignatureDoesNotMatch',
			status: 403,
		});
		await put('accessKey', 'NOBODY');
		expect(await run('s3', args)).toMatchObject({kind: 'answer', deed: 'list', code: 'InvalidAccessKeyId'});
	});

	it('that is not there, or of another region, is told with what the server wants', async () => {
		const {args} = await stage();
		expect(await run('s3', {...args, bucket: 'other'})).toMatchObject({code: 'NoSuchBucket', status: 404});
		expect(await run('s3', {...args, region: 'us-east-1'})).toMatchObject({
			code: 'AuthorizationHeaderMalformed',
			region: 'eu-1',
		});
	});

	it.each([
		['list', 'list'],
		['write', 'write'],
		['read', 'read'],
		['remove', 'remove'],
	] as const)('that may not be used to %s is told by that deed', async (denied, deed) => {
		const {args, directory} = await stage({denied: [denied]});
		expect(await run('s3', args)).toMatchObject({kind: 'answer', deed, code: 'AccessDenied', status: 403});
		expect(await readdir(directory)).toHaveLength(denied === 'remove' ? 1 : 0);
	});

	it('that is full says so', async () => {
		const {args} = await stage({quota: 100});
		expect(await run('s3', args)).toMatchObject({deed: 'write', code: 'QuotaExceeded', status: 507});
	});

	it('whose clock differs is refused as too skewed', async () => {
		const {args} = await stage({now: () => Date.now() + 3_600_000});
		expect(await run('s3', args)).toMatchObject({code: 'RequestTimeTooSkewed', deed: 'list'});
	});

	it('shows a certificate of another CA, or of another host', async () => {
		const {args, put} = await stage();
		const wrong = await run('s3', {...args, endpoint: args.endpoint.replace('localhost', '127.0.0.1')});
		expect(wrong).toMatchObject({kind: 'certificate', code: 64, deed: 'list'});
		await put('ca', (await createAuthority({name: 'Another'})).caPem);
		expect(await run('s3', args)).toMatchObject({kind: 'certificate', deed: 'list'});
	});

	it('is not reached by a name that nobody knows, nor at a closed port', async () => {
		const {args} = await stage();
		expect(await run('s3', {...args, endpoint: 'https://no-such-host.invalid'})).toMatchObject({kind: 'dns'});
		expect(await run('s3', {...args, endpoint: 'https://localhost:1'})).toMatchObject({kind: 'refused'});
	});

	it('with the bucket in the host name is asked by that name', async () => {
		const {args} = await stage();
		const error = await run('s3', {...args, pathStyle: false, bucket: 'no-such', endpoint: 'https://host.invalid'});
		expect(error).toMatchObject({kind: 'dns'});
	});

	it('never tells a key', async () => {
		const {args} = await stage();
		const said = JSON.stringify([
			await run('s3', {...args, bucket: site.secretKey.replaceAll('/', '')}),
			await run('s3', {...args, files: {...args.files, ca: '/nowhere'}}),
		]);
		expect(said).not.toContain(site.accessKey);
		expect(said).not.toContain('secret+key');
	});
});

describe.skipIf(!hasPython)('a mounted folder, tried by python3', () => {
	it('is written to, read back from, and left as it was', async () => {
		const path = await folder();
		expect(await run('folder', {path})).toEqual({ok: true, free: expect.any(Number)});
		expect(await readdir(path)).toEqual([]);
	});

	it('that is not there is told by its errno', async () => {
		expect(await run('folder', {path: '/nowhere/at/all'})).toMatchObject({
			kind: 'folder',
			deed: 'look',
			code: 'ENOENT',
		});
	});

	it.skipIf(process.getuid?.() === 0)('that belongs to somebody else is told with both users', async () => {
		const path = await folder();
		await chmod(path, 0o500);
		expect(await run('folder', {path})).toMatchObject({
			...{kind: 'folder', deed: 'write', code: 'EACCES', mode: '500'},
			...{uid: process.getuid?.(), owner: process.getuid?.()},
		});
	});

	it.skipIf(process.getuid?.() !== 0)('that can only be read is told as read-only', async () => {
		expect(await run('folder', {path: '/proc/1'})).toMatchObject({kind: 'folder', deed: 'write', uid: 0});
	});
});
