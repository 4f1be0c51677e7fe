import {ownServerQuestions, sharedServerQuestions} from './database.ts';
import {podQuestions} from './pods.ts';
import {advanced, question, type Topic} from './types.ts';

/** What is installed: control plane, workspaces, organization and users. */
export const zenmlTopics: readonly Topic[] = [
	{
		id: 'control-plane',
		title: 'Control plane',
		intro: 'The dashboard and the API that users log in to. There is one.',
		questions: [
			question(
				'controlPlane.host',
				'Host name',
				'Users open the dashboard under this name. It cannot be changed easily later.',
			),
			question(
				'controlPlane.admin.username',
				'Administrator',
				'The first login; it creates the organization and the users.',
			),
			question(
				'controlPlane.admin.password',
				'Administrator password',
				'generate makes one and keeps it in a secret of the cluster.',
			),
			advanced('controlPlane.namespace', 'Namespace', 'The control plane has a namespace of its own.'),
			advanced('controlPlane.release', 'Helm release', 'helm list shows the control plane under this name.'),
			question('controlPlane.database.name', 'Database', 'Users, organizations and workspaces are kept here.'),
			question('controlPlane.database.username', 'Database role', 'It may use this database and nothing else.'),
			question(
				'controlPlane.database.password',
				'Database password',
				'generate makes one and keeps it in a secret of the cluster.',
			),
			...ownServerQuestions('controlPlane', question),
		],
	},
	{
		id: 'workspaces',
		title: 'Workspaces',
		intro: 'Each workspace is a ZenML server with its own namespace, host name and database. Names must differ.',
		repeat: 'workspaces',
		questions: [
			question('workspaces.*.name', 'Workspace name', 'Users choose the workspace by this name in the dashboard.'),
			question(
				'workspaces.*.host',
				'Host name',
				'Pipelines and the zenml command reach the workspace under this name.',
			),
			question('workspaces.*.namespace', 'Namespace', 'The workspace server runs here, apart from the others.'),
			advanced('workspaces.*.release', 'Helm release', 'helm list shows the workspace under this name.'),
			question(
				'workspaces.*.database.name',
				'Database',
				'Pipelines, runs and artifacts of this workspace are kept here.',
			),
			question('workspaces.*.database.username', 'Database role', 'It may use this database and nothing else.'),
			question(
				'workspaces.*.database.password',
				'Database password',
				'generate makes one and keeps it in a secret of the cluster.',
			),
			...ownServerQuestions('workspaces.*', advanced),
			...podQuestions('workspaces.*'),
			advanced(
				'workspaces.*.environment',
				'Environment variables',
				'Further settings of the server. They are readable in the cluster: put no secrets here.',
			),
		],
	},
	// Behind those who may name servers of their own: where all of them do, nothing is asked.
	{
		id: 'database',
		title: 'Database',
		intro:
			'Keeps the data of the control plane and of each workspace that names no server of its own, each in a database of its own.',
		questions: sharedServerQuestions,
	},
	{
		id: 'organization',
		title: 'Organization',
		intro: 'Workspaces and users belong to one organization.',
		questions: [question('organization.name', 'Organization', 'Users see this name in the dashboard.')],
	},
	{
		id: 'users',
		title: 'Users',
		intro: 'Users that are created now. There may be none: the administrator can create them later.',
		repeat: 'organization.users',
		questions: [
			question('organization.users.*.username', 'Login name', 'The user logs in with it.'),
			question(
				'organization.users.*.password',
				'First password',
				'For a user who is made now, who changes it at the first login. One who is there already keeps theirs.',
			),
			question(
				'organization.users.*.role',
				'Role',
				'admin manages the organization, member works in it, viewer looks on.',
			),
			question(
				'organization.users.*.superuser',
				'Administers everything',
				'May manage all organizations and users of the control plane.',
			),
			advanced('organization.users.*.teams', 'Teams', 'Names separated by commas; teams that are not there are made.'),
		],
	},
];
