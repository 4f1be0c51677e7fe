import type {Draft} from '../../../source/answers/draft.ts';

/** A draft with every answer that has no default. */
export const fullDraft: Draft = {
	registry: {host: 'registry.corp.example', username: 'pusher', password: 'env:REGISTRY_PASSWORD'},
	tls: {certificate: '/etc/pki/tls.crt', key: '/etc/pki/tls.key', ca: '/etc/pki/ca.crt'},
	database: {host: 'postgres.corp.example', admin: {username: 'postgres', password: 'file:/run/pg'}},
	controlPlane: {host: 'zenml-pro.corp.example', admin: {username: 'admin'}},
	workspaces: [{name: 'default', host: 'zenml-workspace.corp.example'}],
};
