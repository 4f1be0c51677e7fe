import {describe, expect, it} from 'vitest';
import {storagePlaceOf, wordsOfPlace} from '../../source/answers/storage/place.ts';
import {load, problemsOf, shortest, told} from './samples.ts';

const s3 = `artifacts:
  kind: s3
  s3:
    endpoint: https://s3.corp.internal:9000
    bucket: zenml
    prefix: team/a
    accessKey: env:KEY
    secretKey: file:s3.key
`;

describe('a storage in the answers', () => {
	it('is none unless it is asked for', () => {
		const answers = load(shortest);
		expect(storagePlaceOf(answers, 'artifacts')).toBeUndefined();
		expect(storagePlaceOf(answers, 'backup.schedule')).toBeUndefined();
	});

	it('is a bucket with all that a bucket needs', () => {
		const place = storagePlaceOf(load(`${shortest}${s3}`), 'artifacts');
		expect(place).toEqual({
			from: 'artifacts',
			kind: 's3',
			endpoint: 'https://s3.corp.internal:9000',
			bucket: 'zenml',
			prefix: 'team/a',
			region: 'us-east-1',
			accessKey: 'env:KEY',
			secretKey: 'file:/srv/site/s3.key',
			ca: undefined,
			pathStyle: true,
		});
		expect(place && wordsOfPlace(place)).toBe('bucket zenml/team/a at https://s3.corp.internal:9000');
	});

	it('is a folder of a file server, or a volume', () => {
		const nfs = load(`${shortest}artifacts: {kind: nfs, nfs: {server: nfs.corp, path: /export/zenml}}\n`);
		const place = storagePlaceOf(nfs, 'artifacts');
		expect(place).toEqual({from: 'artifacts', kind: 'nfs', server: 'nfs.corp', path: '/export/zenml'});
		expect(place && wordsOfPlace(place)).toBe('/export/zenml of NFS server nfs.corp');
		const schedule = 'backup: {schedule: {kind: storageClass, storageClass: {name: files}}}\n';
		const volume = storagePlaceOf(load(`${shortest}${schedule}`), 'backup.schedule');
		expect(volume).toEqual({
			...{from: 'backup.schedule', kind: 'storageClass', name: 'files', size: '100Gi'},
			accessMode: 'ReadWriteOnce',
		});
		expect(volume && wordsOfPlace(volume)).toBe('a volume of StorageClass files');
	});

	it('lacks nothing that its kind needs', () => {
		expect(told(problemsOf(`${shortest}artifacts: {kind: s3}\n`))).toEqual(
			['endpoint', 'bucket', 'accessKey', 'secretKey'].map((key) =>
				expect.stringContaining(`answers-conflict artifacts.s3.${key} is needed with artifacts.kind`),
			),
		);
		expect(told(problemsOf(`${shortest}backup: {schedule: {kind: nfs, nfs: {server: nfs.corp}}}\n`))).toEqual([
			expect.stringContaining('answers-conflict backup.schedule.nfs.path is needed with backup.schedule.kind'),
		]);
		expect(told(problemsOf(`${shortest}artifacts: {kind: storageClass}\n`))).toEqual([
			expect.stringContaining('answers-conflict artifacts.storageClass.name is needed with artifacts.kind'),
		]);
	});

	it('sends keys in clear text only where somebody says so', () => {
		const clear = `${shortest}${s3}`.replace('https:', 'http:');
		const [problem, ...more] = problemsOf(clear);
		expect(more).toEqual([]);
		expect(problem).toMatchObject({
			message: 'artifacts.s3.endpoint says http://, and artifacts.s3.plainHttp is not true',
			cause: 'Keys and files would go over the network in clear text.',
			fix: 'Write https:// in artifacts.s3.endpoint; where the server speaks no TLS, set artifacts.s3.plainHttp to true.',
		});
		expect(load(clear.replace('bucket:', 'plainHttp: true\n    bucket:')).artifacts.s3.plainHttp).toBe(true);
	});

	it('has keys that were there before', () => {
		expect(told(problemsOf(`${shortest}${s3.replace('env:KEY', 'generate')}`))).toEqual([
			expect.stringContaining('artifacts.s3.accessKey cannot be generated: this login exists already'),
		]);
	});

	it.each(['https://s3.corp/bucket', 's3.corp', 'https://S3.corp', 'ftp://s3.corp', 'https://user:word@s3.corp'])(
		'is not at %s',
		(endpoint) => {
			const text = `${shortest}${s3}`.replace('https://s3.corp.internal:9000', endpoint);
			expect(problemsOf(text).map(({code}) => code)).toEqual(['answers-invalid-value']);
		},
	);
});

describe('the time of scheduled backups', () => {
	const at = (cron: string) => `${shortest}backup: {schedule: {cron: "${cron}"}}\n`;

	it.each(['15 2 * * *', '*/30 * * * *', '0 1-5/2 1,15 * 0'])('may be %s', (cron) => {
		expect(load(at(cron)).backup.schedule.cron).toBe(cron);
	});

	it.each(['@daily', '15 2 * *', '60 2 * * *', '15 24 * * *', '0 0 0 * *', '0 0 * 13 *', '0 0 * * MON', '*/0 * * * *'])(
		'is not %s',
		(cron) => {
			expect(problemsOf(at(cron)).map(({code}) => code)).toEqual(['answers-invalid-value']);
		},
	);
});
