import type {Answers} from '../answers/schema.ts';
import {generatedSecretName, keyInGenerated} from '../answers/secret/generated.ts';
import {onCluster} from '../base/people/cluster-commands.ts';

/** One whose first password was made by this tool: whose it is, and the command that reads it. */
export type MadePassword = {readonly whose: string; readonly command: string};

/** A key with dots in a JSONPath of kubectl. */
const inJsonPath = (key: string): string => key.replaceAll('.', String.raw`\.`);

/** The passwords that were made for people, and how to read each: the administrator's first. */
export const madePasswords = ({controlPlane, organization, kubernetes}: Answers): readonly MadePassword[] => {
	const {admin, namespace} = controlPlane;
	const made = [
		...(admin.password === 'generate'
			? [{whose: `administrator ${admin.username}`, key: 'controlPlane.admin.password'}]
			: []),
		...organization.users
			.filter(({password}) => password === 'generate')
			.map(({username}) => ({
				whose: `user ${username}, where this tool made that user,`,
				key: `users.${username}.password`,
			})),
	];
	return made.map(({whose, key}) => ({
		whose,
		command: onCluster(
			`kubectl -n ${namespace} get secret ${generatedSecretName} -o jsonpath='{.data.${inJsonPath(keyInGenerated(key))}}' | base64 -d`,
			kubernetes,
		),
	}));
};

/** How to read the passwords that were made: for each a sentence, then its command, indented; else nothing. */
export const passwordLines = (answers: Answers): readonly string[] =>
	madePasswords(answers).flatMap(({whose, command}) => [
		`The first password of ${whose} was generated; read it with:`,
		`  ${command}`,
	]);
