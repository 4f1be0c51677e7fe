import {expect, test} from 'vitest';
import type {Access} from '../../../source/cluster/types.ts';
import {scheduleReadyStep} from '../../../source/steps/schedule/ready.ts';
import {code, look, refusalOf} from '../world.ts';
import {scheduledTo, siteOf} from './site.ts';

const wordOf = ({verb, group, resource}: Access): string => `${verb} ${group}/${resource}`;

/** A site whose cluster denies what is named. */
const siteThatDenies = (...denied: readonly string[]) => {
	const asked: string[] = [];
	const leases: string[] = [];
	const {world} = siteOf({
		answers: scheduledTo({kind: 'nfs', nfs: {server: 'nfs.corp', path: '/backups'}}),
		dns: {server: '10.0.0.2', servers: [], resolve: async () => []},
		cluster: {
			denied: async (accesses) => {
				asked.push(...accesses.map(wordOf));
				const found = accesses.filter((access) => denied.includes(wordOf(access)));
				return found.map((access) => ({...access, reason: ''}));
			},
		},
		holdLease: async () => {
			leases.push('held');
		},
	});
	return {world, asked, leases};
};

test('a site that has everything is ready, with what is worth knowing, and holds the lease', async () => {
	const {world, asked, leases} = siteThatDenies();
	expect(await look(scheduleReadyStep, world)).toEqual({
		status: 'ok',
		note: '/backups of NFS server nfs.corp',
		warnings: ['nfs.corp is not known to 10.0.0.2; pods must find it in theirs'],
	});
	expect(leases).toEqual(['held']);
	// A first Job that failed is removed, and what it did is read in the logs of its pods.
	expect(asked).toEqual(expect.arrayContaining(['delete batch/jobs', 'list /pods', 'get /pods/log']));
});

test('an address needs no DNS, and is no warning', async () => {
	const {world} = siteThatDenies();
	const answers = scheduledTo({kind: 'nfs', nfs: {server: '10.0.0.9', path: '/backups'}});
	expect(await look(scheduleReadyStep, {...world, answers})).toEqual({
		...{status: 'ok', note: '/backups of NFS server 10.0.0.9', warnings: []},
	});
});

test('a right that is lacking is told before anything is changed, and nobody is kept from working', async () => {
	const {world, leases} = siteThatDenies('delete batch/jobs', 'get /pods/log');
	expect(await refusalOf(look(scheduleReadyStep, world))).toMatchObject({
		code: code('kubernetes-permissions'),
		message: 'This login lacks 2 of 20 permissions that the install needs.',
		cause: 'The cluster denies: delete jobs in zenml-pro; get pods/log in zenml-pro.',
		evidence: ['delete jobs in zenml-pro', 'get pods/log in zenml-pro'],
	});
	expect(leases).toEqual([]);
});
