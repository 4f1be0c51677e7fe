import {databaseServerOf} from '../answers/database-server.ts';
import type {Answers} from '../answers/schema.ts';
import {shellWord} from '../base/shell.ts';
import {nameOf} from '../steps/backup/installed.ts';
import {type Component, componentsOf} from '../steps/shared/names.ts';

/** Where a reference leads, never what is behind it. */
const referenceText = (reference: string | undefined): string =>
	reference !== undefined && /^(?:env|file|k8s):/u.test(reference) ? reference : 'known to a person';

const keyLines = ({backup}: Answers): readonly string[] => {
	if (backup.encryption === 'none') return ['Backups are not encrypted: whoever has the folder has every password.'];
	if (backup.recipients === undefined) return [`Opened by:       the passphrase (${referenceText(backup.passphrase)})`];
	return [
		`Opened by:       the private key (age identity) of ${backup.recipients}`,
		`It lies at:      ${backup.identity ?? '______________________________________________'}`,
	];
};

const keyOption = ({backup}: Answers): string => {
	if (backup.encryption === 'none') return '';
	return backup.recipients === undefined
		? ' --set backup.passphrase=file:PASSPHRASE-FILE'
		: ` --set backup.identity=${shellWord(backup.identity ?? 'IDENTITY-FILE')}`;
};

const componentLines = (answers: Answers, component: Component): readonly string[] => {
	const {host, namespace, release, database} = component.answers;
	const server = databaseServerOf(answers, component.path);
	return [
		`${component.label} (called ${nameOf(component)} by this tool)`,
		`  address:   https://${host}`,
		`  cluster:   namespace ${namespace}, release ${release}`,
		`  database:  ${database.name}, role ${database.username}, on ${server.engine} ${server.host}:${server.port}`,
	];
};

const siteLines = (answers: Answers): readonly string[] => {
	const {kubernetes, registry, tls} = answers;
	return [
		'1. WHAT THIS SITE IS',
		'',
		...componentsOf(answers).flatMap((one) => [...componentLines(answers, one), '']),
		`cluster:         ${kubernetes.context ?? 'the current context of the kubeconfig'}`,
		`registry:        ${registry.pushHost ?? registry.host}, images below ${registry.prefix || '/'}`,
		`certificate:     ${tls.certificate}`,
		`CA:              ${tls.ca}`,
		'',
	];
};

const needLines = (answers: Answers): readonly string[] => [
	'2. WHAT YOU NEED BEFORE YOU BEGIN',
	'',
	'[ ] a host that reaches cluster, registry and database servers, with this tool and helm',
	`[ ] the bundle of the version that ran: ${answers.bundle.path}`,
	`[ ] a backup from:  ${answers.backup.folder}`,
	`    second copy at: ______________________________________________`,
	...keyLines(answers).map((line) => `[ ] ${line}`),
	'[ ] the passwords that the answers refer to (registry, administrators of databases)',
	'[ ] a kubeconfig of somebody who may make namespaces, or namespaces made for you',
	'[ ] where the database servers were lost as well: empty ones of the same product and version or a later one',
	'',
	'Who to call:',
	'    cluster:   ____________________________   databases: ____________________________',
	'    network:   ____________________________   vendor:    ____________________________',
	'    key:       ____________________________   (whoever keeps the key or passphrase of backups)',
	'',
];

const choiceLines = (answers: Answers): readonly string[] => {
	const {backup, bundle} = answers;
	const [workspace] = answers.workspaces;
	const folder = shellWord(`${backup.folder}/ID`);
	return [
		'3. LOOK, BEFORE ANYTHING IS CHANGED',
		'',
		'What backups there are, and whether the newest one is whole:',
		'    zenml-airgap backup list --answers answers.yaml',
		'    zenml-airgap backup verify ID --decrypt --answers answers.yaml',
		'',
		'What a restore would do, and what would be lost by it:',
		'    zenml-airgap restore ID --look --answers answers.yaml',
		'',
		'4. WHICH RESTORE',
		'',
		'A. Data of one component was damaged; its servers and keys are there:',
		...componentsOf(answers).map(
			(one) => `    zenml-airgap restore ID --database ${shellWord(nameOf(one))} --answers answers.yaml`,
		),
		'',
		'B. One workspace was lost, the control plane is there:',
		`    zenml-airgap restore ID --workspace ${shellWord(workspace?.name ?? 'NAME')} --answers answers.yaml`,
		'',
		'C. All was lost, or the cluster is a new one; the host has nothing but the backup and its key:',
		`    zenml-airgap restore ${folder} --bundle ${shellWord(bundle.path)}${keyOption(answers)}`,
		'   The answers come out of the backup into a file that is named. Look through it: paths are those of the old host.',
		'',
		'After an upgrade that failed it is another command:  zenml-airgap back COMPONENT',
		'',
	];
};

const whileItRuns: readonly string[] = [
	'5. WHILE IT RUNS',
	'',
	'- It says what is lost and asks. Nothing is changed before.',
	'- Broken off, killed, or the host died: start the same command again, from any host; it goes on.',
	'- It refuses what does not fit and says what to do. Do not work around it: a newer server changes the data',
	'  for good, and another key makes every stored secret unreadable.',
	'- Do not start servers by hand before it has ended.',
	'',
];

const afterLines = ({controlPlane, workspaces}: Answers): readonly string[] => [
	'6. AFTERWARDS',
	'',
	`[ ] log in at https://${controlPlane.host}`,
	...workspaces.map(({host, name}) => `[ ] workspace ${name} answers: https://${host}`),
	'[ ] send the page for the users (restored-ID.txt in the state folder) to everybody',
	'[ ] make a new backup: zenml-airgap backup --answers answers.yaml',
	'[ ] write down: when it was lost ____________  when it ran again ____________  backup used ____________________',
];

/**
 * The recovery procedure of a site as plain text of 100 columns at most, to be printed and kept on paper. It names where secrets are
 * and holds none.
 * @param now ISO 8601, UTC
 */
export const recoveryPage = (
	answers: Answers,
	{version, now}: {readonly version: string; readonly now: string},
): readonly string[] => [
	`RECOVERY OF ZENML PRO: ${answers.controlPlane.host}`,
	`Printed ${now.slice(0, 10)} by zenml-airgap ${version}. Print it anew after each change of the site.`,
	'',
	...siteLines(answers),
	...needLines(answers),
	...choiceLines(answers),
	...whileItRuns,
	...afterLines(answers),
];
