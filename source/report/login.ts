import type {Answers} from '../answers/schema.ts';
import {generatedSecretName, keyInGenerated} from '../answers/secret/generated.ts';
import {onCluster} from '../base/people/cluster-commands.ts';
import {shellWord} from '../base/shell.ts';

/** One whose first password was made by this tool: whose it is, and the commands that read it. */
export type MadePassword = {
	readonly whose: string;
	/** Of this program, without the options that it is called with. */
	readonly command: string;
	/** For a host that has kubectl and not this program. */
	readonly kubectl: string;
};

/** A command of this program, as it has to be called where this is read. */
export type AsCalled = (command: string) => string;

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
		command: `zenml-airgap secrets show ${shellWord(key)}`,
		kubectl: onCluster(
			`kubectl -n ${namespace} get secret ${generatedSecretName} -o jsonpath='{.data.${inJsonPath(keyInGenerated(key))}}' | base64 -d`,
			kubernetes,
		),
	}));
};

/** How to read each password that was made, as blocks of lines: what is said, its commands indented by these words. */
const tellings = (answers: Answers, asCalled: AsCalled, indent: string): readonly (readonly string[])[] =>
	madePasswords(answers).map(({whose, command, kubectl}) => [
		`The first password of ${whose} was generated; read it with:`,
		`${indent}${asCalled(command)}`,
		'or, on a host without this program, with:',
		`${indent}${kubectl}`,
	]);

/** How to read the passwords that were made: for each a sentence, then its commands, indented; else nothing. */
export const passwordLines = (answers: Answers, asCalled: AsCalled = (command) => command): readonly string[] =>
	tellings(answers, asCalled, '  ').flat();

/** The same as what is next after a run: one text for each, its commands in lines of their own. */
export const passwordTexts = (answers: Answers, asCalled: AsCalled = (command) => command): readonly string[] =>
	tellings(answers, asCalled, '').map((lines) => lines.join('\n'));
