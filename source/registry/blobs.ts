import type {Answer} from '../http/types.ts';
import type {Descriptor} from '../oci/descriptor.ts';
import {scopeOf} from './auth/login.ts';
import type {Meanings} from './quirk.ts';
import {answers} from './quirks.ts';
import {asking, type Repository} from './repository.ts';
import type {Request} from './session.ts';

type Wanted = Pick<Descriptor, 'digest' | 'size'>;

/** A registry may have a blob cut short, and say so. */
const hasSize = ({headers}: Answer, {size}: Wanted): boolean => {
	const length = headers['content-length'];
	return length === undefined || Number(length) === size;
};

const askForBlob = async (
	{session, context, signal}: Repository,
	blob: Wanted,
	at: {readonly name: string; readonly scopes: Request['scopes']},
	means: Meanings<'there' | 'absent'>,
): Promise<boolean> => {
	const url = `/v2/${at.name}/blobs/${blob.digest}`;
	const answer = await session.send({method: 'HEAD', url, scopes: at.scopes, context, signal, accept: means.statuses});
	return means.of(answer.status) === 'there' && (answer.status !== 200 || hasSize(answer, blob));
};

/** Does the repository have a blob, with that size? One that lies elsewhere on the registry does not count. */
export const hasBlob = (repository: Repository, blob: Wanted): Promise<boolean> =>
	askForBlob(repository, blob, {name: repository.name, scopes: asking(repository).scopes}, answers.blob);

/** Does another repository have it, as far as this login may see? */
export const hasBlobElsewhere = (repository: Repository, blob: Wanted, name: string): Promise<boolean> =>
	askForBlob(repository, blob, {name, scopes: [scopeOf(name, 'pull')]}, answers.blobElsewhere);
