import {isIP} from 'node:net';
import type {StoragePlace} from '../../answers/storage/place.ts';
import {stepProblems} from '../problems.ts';
import {listIfAllowed, type Seen} from '../shared/checks.ts';
import type {World} from '../world.ts';

/** Names that the DNS of a cluster alone knows. */
const inCluster = /\.svc(?:\.|$)|^[^.]+$/u;

/** The name of a server that pods will look up; this host may ask another DNS, so that nothing is refused here. */
const nameWarnings = async ({dns, signal}: World, host: string): Promise<readonly string[]> => {
	if (isIP(host) > 0 || inCluster.test(host)) return [];
	const addresses = await dns.resolve(host, signal);
	return addresses.length > 0 ? [] : [`${host} is not known to ${dns.server}; pods must find it in theirs`];
};

const classOf = async (world: World, name: string, at: string): Promise<Seen> => {
	const classes = await listIfAllowed(world, {apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass'});
	if (!classes) {
		const warnings = [
			`Storage: this login may not list StorageClasses, so whether there is one called "${name}" was not checked.`,
		];
		return {note: 'not checked: this login may not list StorageClasses', warnings, bad: true};
	}
	const names = classes.map(({metadata}) => metadata.name);
	if (names.includes(name)) return {note: `StorageClass ${name}`};
	const answers = [`${at}.storageClass.name`];
	throw names.length === 0
		? stepProblems.error('storage-class-missing', {case: 'none', name, at}, {answers})
		: stepProblems.error('storage-class-missing', {case: 'others', name, at, others: names.join(', ')}, {answers});
};

/** What can be known of a storage before anything is changed. @throws ProblemError `storage-class-missing` */
export const storageAhead = async (world: World, place: StoragePlace): Promise<Seen> => {
	if (place.kind === 'storageClass') return classOf(world, place.name, place.from);
	const host = place.kind === 'nfs' ? place.server : new URL(place.endpoint).hostname.replaceAll(/^\[|\]$/gu, '');
	const clear = place.kind === 's3' && place.endpoint.startsWith('http:');
	const warnings = [
		...(await nameWarnings(world, host)),
		...(clear ? [`${place.from}: keys and files go to ${host} in clear text (${place.from}.s3.plainHttp)`] : []),
	];
	return {note: host, ...(warnings.length > 0 && {warnings})};
};
