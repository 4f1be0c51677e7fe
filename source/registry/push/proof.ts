import {hexOf} from '../../oci/digest.ts';
import {missingParts} from '../asking/parts.ts';
import {readBack} from '../asking/read-back.ts';
import {refuse} from '../refuse.ts';
import type {Repository} from '../repository.ts';
import type {Parts} from '../types.ts';
import type {Shared} from './shared.ts';

/**
 * What was sent is asked for once more: a registry may confirm a layer that it does not keep, or of which it keeps a damaged copy, as
 * distribution keeps what lies at a digest's place, also when that was cut short. Only bytes that were read prove damage.
 * @throws ProblemError `registry-part-damaged`, `registry-upload-lost`; another where it cannot be read
 */
export const refuseLost = async (repository: Repository, parts: Parts, shared: Shared): Promise<void> => {
	const missing = await missingParts(repository, parts, shared, new Map());
	for (const digest of missing) {
		const blob = parts.blobs.find((one) => one.digest === digest);
		const {signal, context} = repository;
		const read = () => shared.retries.run(signal, () => readBack(repository, blob ?? {digest, size: 0}));
		const proof = blob === undefined ? ({found: 'absent'} as const) : await shared.turns(signal, read);
		if (proof.found === 'whole') continue;
		if (proof.found !== 'other bytes') throw refuse(context, 'registry-upload-lost', {case: 'confirmed', digest});
		const hex = hexOf(digest);
		const {actual} = proof;
		throw refuse(context, 'registry-part-damaged', {digest, actual, folder: hex.slice(0, 2), hex});
	}
};
