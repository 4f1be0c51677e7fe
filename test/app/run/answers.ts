import path from 'node:path';
import {type Answers, answersSchema} from '../../../source/answers/schema.ts';

/** Answers of a site whose kubeconfig lies in this folder; its control plane is in the namespace that every cluster has. */
export const answersIn = (folder: string): Answers =>
	answersSchema.parse({
		registry: {host: 'registry.corp', username: 'installer', password: 'env:REGISTRY'},
		tls: {certificate: '/pki/tls.crt', key: '/pki/tls.key', ca: '/pki/ca.crt'},
		database: {host: 'db.corp'},
		controlPlane: {host: 'zenml-pro.corp.internal', namespace: 'default'},
		workspaces: [{name: 'default', host: 'zenml.corp.internal'}],
		kubernetes: {kubeconfig: path.join(folder, 'kubeconfig')},
	});
