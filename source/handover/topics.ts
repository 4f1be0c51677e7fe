import type {Actor} from '../base/people/actor.ts';

/** Papers that can be had, by the word that names them. */
export type TopicId = 'ca' | 'certificate' | 'cluster' | 'database' | 'dns' | 'network' | 'registry' | 'storage';

/** A topic, for lists. `steps`: what the install does by itself once that team has done its part. */
export type Topic = {
	readonly id: TopicId;
	readonly who: Actor;
	readonly about: string;
	readonly steps: readonly string[];
};

/** Every topic, in the order in which a site needs them. */
export const topics: readonly Topic[] = [
	{id: 'network', who: 'firewall team', about: 'connections that have to be open', steps: ['prerequisites']},
	{id: 'registry', who: 'registry admin', about: 'place and accounts for the images', steps: ['images']},
	{id: 'database', who: 'database admin', about: 'databases and accounts, as SQL', steps: ['databases']},
	{id: 'certificate', who: 'PKI team', about: 'request for the TLS certificate', steps: ['prerequisites', 'secrets']},
	{
		id: 'cluster',
		who: 'cluster admin',
		about: 'namespaces and rights of the operator',
		steps: ['prerequisites', 'namespaces'],
	},
	{
		id: 'storage',
		who: 'storage admin',
		about: 'places for artifacts and backups, if any',
		steps: ['artifact-storage'],
	},
	{id: 'dns', who: 'network team', about: 'DNS records for the ingress', steps: ['dns']},
	{id: 'ca', who: 'desktop team', about: 'CA certificate for every client', steps: ['ca']},
];
