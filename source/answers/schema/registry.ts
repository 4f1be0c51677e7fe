import * as z from 'zod';
import {byteRate} from '../byte-rate.ts';
import {accountName, hostPort, label, path, secretRefSchema} from '../parts.ts';

/** Where images go, and who may put them there. */
export const registry = z
	.strictObject({
		host: hostPort
			.describe('Internal registry, host or host:port')
			.meta({examples: ['internal-registry.mycompany.com']}),
		pushHost: hostPort
			.optional()
			.describe('Where images are pushed to, when that is another name or port than the cluster pulls from')
			.meta({examples: ['registry-push.mycompany.com:5443']}),
		prefix: z
			.string()
			.regex(/^([a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*)?$/u, 'be a repository path such as zenml')
			.default('zenml')
			.describe('Path below the host under which the images go; may be empty'),
		username: accountName
			.optional()
			.describe('Login; absent for a registry without login')
			.meta({examples: ['zenml-installer']}),
		password: secretRefSchema
			.optional()
			.describe('Password or token of that login')
			.meta({examples: ['env:REGISTRY_PASSWORD']}),
		ca: path
			.optional()
			.describe("CA certificate of the registry (PEM), when it is not in this host's trust store")
			.meta({examples: ['/etc/pki/zenml/registry-ca.crt']}),
		clientCertificate: path
			.optional()
			.describe('Client certificate (PEM), for a registry that asks who is calling')
			.meta({examples: ['/etc/pki/zenml/registry-client.crt']}),
		clientKey: path
			.optional()
			.describe('Private key of that client certificate (PEM), without a passphrase')
			.meta({examples: ['/etc/pki/zenml/registry-client.key']}),
		concurrency: z
			.int()
			.min(1)
			.max(32)
			.default(4)
			.describe('Layers pushed at once; fewer while the registry or the line fails, by itself'),
		bandwidth: byteRate
			.optional()
			.describe('Most bytes a second that the push may send, over all connections; by default no bound')
			.meta({examples: ['20MiB']}),
		plainHttp: z.boolean().default(false).describe('Speak HTTP without TLS; for a registry on this host only'),
		pullSecretName: label.default('internal-registry-secret').describe('Name of the pull secret in each namespace'),
	})
	.describe('The internal registry that the cluster pulls from');
