import type {AnswersInput} from '../../../source/answers/schema.ts';
import {answersOf} from '../world.ts';

type Artifacts = NonNullable<AnswersInput['artifacts']>;

const s3: Artifacts = {
	kind: 's3',
	s3: {
		endpoint: 'https://s3.corp:9000',
		bucket: 'zenml',
		prefix: 'a',
		accessKey: 'env:ACCESS',
		secretKey: 'env:SECRET',
	},
};

/** Storage of each kind, in the answers of the site of these tests. */
export const storages = {
	s3,
	nfs: {kind: 'nfs', nfs: {server: 'nfs.corp', path: '/export/zenml'}},
	storageClass: {kind: 'storageClass', storageClass: {name: 'files'}},
} as const satisfies Record<string, Artifacts>;

export const withStorage = (artifacts: Artifacts, more: Partial<AnswersInput> = {}) =>
	answersOf((input) => ({...input, artifacts, ...more}));
