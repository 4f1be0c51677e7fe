import {printable} from '../../base/printable.ts';
import {cutTo} from '../../base/text.ts';
import {isStatus} from '../errors.ts';
import type {Requests} from '../requests.ts';
import type {ClusterPort} from '../types.ts';
import {whoShape} from './shapes.ts';

/** Characters of a name that are told; certificates may name anything. */
const longestName = 200;

/**
 * Asks who this login is (SelfSubjectReview, authentication.k8s.io/v1, which every user may ask). A server that does not have it, or
 * forbids it, tells nobody.
 */
export const createWhoAmI =
	(requests: Requests): ClusterPort['whoAmI'] =>
	async (signal) => {
		try {
			const answer = await requests.send({
				method: 'POST',
				path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
				body: {apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview'},
				deed: 'say who this user is',
				reads: true,
				signal,
			});
			const name = answer.as(whoShape).status?.userInfo?.username;
			return name === undefined ? undefined : cutTo(printable(name), longestName);
		} catch (error) {
			if (isStatus(error, 403, 404)) return undefined;
			throw error;
		}
	};
