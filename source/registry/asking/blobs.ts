import type {Answer} from '../../http/types.ts';
import type {Descriptor} from '../../oci/descriptor.ts';
import type {Meanings} from '../quirk.ts';
import {answers} from '../quirks.ts';
import {asking, type Repository} from '../repository.ts';
import {reachesEnd} from './read-back.ts';

type Wanted = Pick<Descriptor, 'digest' | 'size'>;

/** A registry may have a blob cut short, and say so; a proxy may say 0 of every answer to HEAD. */
const saysSize = ({headers}: Answer, {size}: Wanted): boolean => {
	const length = headers['content-length'];
	return length === undefined || Number(length) === size;
};

const askForBlob = async (at: Repository, blob: Wanted, means: Meanings<'there' | 'absent'>): Promise<boolean> => {
	const url = `/v2/${at.name}/blobs/${blob.digest}`;
	const answer = await at.session.send({...asking(at), method: 'HEAD', url, accept: means.statuses});
	if (means.of(answer.status) === 'absent') return false;
	if (answer.status !== 200 || saysSize(answer, blob)) return true;
	return reachesEnd(at, blob);
};

/**
 * Does the repository have a blob, with that size? One that lies elsewhere on the registry does not count. Where the length that is told
 * is another, its end is read: a header alone proves no damage.
 */
export const hasBlob = (repository: Repository, blob: Wanted): Promise<boolean> =>
	askForBlob(repository, blob, answers.blob);

/** Does another repository have it, as far as this login may see? */
export const hasBlobElsewhere = (repository: Repository, blob: Wanted, name: string): Promise<boolean> =>
	askForBlob({...repository, name, rights: 'pull'}, blob, answers.blobElsewhere);
