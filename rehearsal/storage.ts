import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import {saveFile} from '../source/base/files.ts';
import type {RunningNameServer} from './name-server/index.ts';
import {startS3} from './s3/index.ts';
import {address, type Site} from './site.ts';

const certificateDays = 825;

/** The played storage of a site: a bucket behind a name that the site's name server knows. */
export const storageHost = 's3.rehearsal.internal';
const [bucket, region] = ['zenml', 'us-east-1'];

/** What the operator is told of it; keys lie in files. */
export type Storage = {readonly endpoint: string; readonly bucket: string};

/** Starts an S3 server with the CA of the site, where the rehearsal was asked for one. */
export const startStorage = async (site: Site, names: RunningNameServer): Promise<Storage | undefined> => {
	const {options, journal, directory, authority, files, closers} = site;
	if (options.storage !== 's3') return undefined;
	const known = journal.read().s3;
	const login = known ?? {
		accessKey: randomBytes(10).toString('hex').toUpperCase(),
		secretKey: randomBytes(30).toString('base64'),
		port: 0,
	};
	const pair = await authority.issue({hosts: [storageHost], days: certificateDays});
	const server = await startS3({
		port: login.port,
		directory: join(directory, 's3'),
		site: {...login, bucket, region},
		pair,
	});
	closers.add(server.stop);
	journal.change({s3: {...login, port: server.port}});
	names.set(storageHost, [address]);
	await saveFile(files.s3AccessKey, login.accessKey);
	await saveFile(files.s3SecretKey, login.secretKey);
	return {endpoint: `https://${storageHost}:${server.port}`, bucket};
};
