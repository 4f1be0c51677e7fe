import type {Answers} from '../../answers/schema.ts';
import {type Component, componentsOf} from './names.ts';

/** Where a secret comes from. */
export type SecretSource = {
	/** What the answers say: `env:NAME`, `generate`, … */
	readonly reference: string;
	/** Path of the answer that says so, for problems and for what was typed at a screen. */
	readonly answer: string;
	/** Name under which it is kept in the cluster where the answers say `generate`. */
	readonly generated: string;
};

/** Password of the control plane's administrator. */
export const adminPassword = ({controlPlane}: Answers): SecretSource => ({
	reference: controlPlane.admin.password,
	answer: 'controlPlane.admin.password',
	generated: 'controlPlane.admin.password',
});

/** Password of a component's database role. */
export const databasePassword = ({id, path, answers}: Component): SecretSource => ({
	reference: answers.database.password,
	answer: `${path}.database.password`,
	generated: `${id}.database.password`,
});

/** First password of a user. */
export const userPassword = (
	{organization}: Answers,
	user: Answers['organization']['users'][number],
): SecretSource => ({
	reference: user.password,
	answer: `organization.users.${organization.users.indexOf(user)}.password`,
	generated: `users.${user.username}.password`,
});

/** Every password that may be generated. */
export const passwordsOf = (answers: Answers): readonly SecretSource[] => [
	adminPassword(answers),
	...componentsOf(answers).map(databasePassword),
	...answers.organization.users.map((user) => userPassword(answers, user)),
];
