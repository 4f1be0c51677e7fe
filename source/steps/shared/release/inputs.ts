import type {Answers} from '../../../answers/schema.ts';

/** The answers that go into the values of every release, and into the secrets that its pods read. */
export const releaseInputs = ({bundle, database, ingress, registry, tls}: Answers) => {
	const {admin: _dba, ...server} = database;
	const {address: _known, ...way} = ingress;
	const {host, prefix, username, pullSecretName} = registry;
	return {bundle, database: server, ingress: way, registry: {host, prefix, username, pullSecretName}, tls};
};
