import type {ComponentPath} from '../../../answers/component-path.ts';
import {databaseServerOf} from '../../../answers/database-server.ts';
import type {Answers, ComponentAnswers} from '../../../answers/schema.ts';

/** The answers that go into the values of every release, and into the secrets that its pods read. */
export const releaseInputs = ({bundle, ingress, registry, tls}: Answers) => {
	const {address: _known, ...way} = ingress;
	const {host, prefix, username, pullSecretName} = registry;
	return {bundle, ingress: way, registry: {host, prefix, username, pullSecretName}, tls};
};

/** The answers of one component, with its database server; who administers that server is no part of a release. */
export const componentInputs = <Component extends ComponentAnswers>(
	answers: Answers,
	path: ComponentPath,
	{database: {server: _own, ...database}, ...component}: Component,
) => {
	const {admin: _dba, ...server} = databaseServerOf(answers, path);
	return {...component, database: {...database, server}};
};
