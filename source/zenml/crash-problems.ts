import {declareProblems} from '../base/problem-table.ts';

const ended = {area: 'cluster', message: '{subject} ended: it cannot start so.'} as const;
const ofDatabase = {area: 'database', who: 'database admin'} as const;

/** Why a server of the product, or the Job that migrates its database, ended: what the last words of its log mean. */
export const crashProblems = declareProblems({
	'server-control-plane-unreachable': {
		...ended,
		message: '{subject} ended: it cannot reach the control plane.',
		who: 'network team',
		answers: ['controlPlane.host', 'ingress.address'],
		cases: {
			'unknown name': {
				cause:
					'The name server of the cluster does not know the name of the control plane; a server logs in there when it starts.',
				fix: 'Have the DNS that pods use answer for the host name of the control plane.',
			},
			'no way': {
				cause:
					'Nothing answers at the address of the control plane as pods see it; a server logs in there when it starts.',
				fix: 'Look whether the control plane runs, and have the way from the pods to the ingress opened.',
			},
		},
	},
	'server-enrollment-refused': {
		...ended,
		message: '{subject} ended: the control plane refuses its enrollment key.',
		cause:
			'The key that the pod has is not the one that the control plane made for this workspace: the workspace was enrolled anew or deleted there, or its database was replaced.',
		fix: 'Run the install from the step "workspaces": it asks the control plane whether it still knows the workspace, and says what to do.',
		answers: ['workspaces'],
	},
	'server-ca-untrusted': {
		...ended,
		message: '{subject} ended: it does not trust a certificate.',
		cases: {
			'control plane': {
				cause:
					'The CA in its pod did not sign the certificate of the control plane, or the chain lacks a certificate between them.',
				fix: 'Give the CA that signed the certificate of the ingress, and the whole chain in the certificate file.',
				answers: ['tls.ca', 'tls.certificate'],
			},
			database: {
				cause:
					'The CA in its pod did not sign the certificate of the database server, or the certificate is for another name.',
				fix: 'Give the CA of the database server, and its host name as the certificate has it.',
			},
		},
	},
	'server-database-login': {
		...ofDatabase,
		message: '{subject} ended: the database refuses its login.',
		cause:
			'The password is not that of the account, the account may not come from the address of the pods, or it must use TLS (REQUIRE SSL) and the pod came without.',
		fix: 'Set the password of the account to the one in the answers, let it come from the addresses of the pods, and let the answers ask for TLS where the account does.',
	},
	'server-database-unknown': {
		...ofDatabase,
		message: '{subject} ended: its database does not exist.',
		cause: 'The database server has no database of the name in the answers, or the account may not see it.',
		fix: 'Run the install from the step "databases", or have the database made.',
	},
	'server-database-privileges': {
		...ofDatabase,
		message: '{subject} ended: its account lacks a privilege on the database.',
		cause: 'The database server refused a statement of the server; its own words are below.',
		fix: 'Run the install from the step "databases": it names every privilege that is missing, and the statement that grants it.',
	},
	'server-database-tls': {
		...ofDatabase,
		message: '{subject} ended: it and the database do not agree on TLS.',
		cases: {
			'asked by the server': {
				cause: 'The database server lets nobody in without TLS, and the pod came without.',
				fix: 'Let the answers ask for TLS: verify-full, or require.',
			},
			'not offered': {
				cause: 'The answers ask for TLS, and the database server does not offer it.',
				fix: 'Have TLS turned on at the database server.',
			},
		},
	},
	'server-database-unreachable': {
		...ofDatabase,
		message: '{subject} ended: it cannot reach its database.',
		cause: 'The pods find no way to the database server, do not know its name, or nothing listens there.',
		fix: 'Have the way from the pods to the database server opened, and its name known to the DNS of the cluster.',
	},
	'server-database-full': {
		...ofDatabase,
		message: '{subject} ended: the database server has no connection left.',
		cause: 'All connections that the database server allows are taken; each pod of a server may take 25.',
		fix: 'Have the limit of connections raised, or run fewer pods.',
	},
	'server-database-read-only': {
		...ofDatabase,
		message: '{subject} ended: its database takes no changes.',
		cause: 'The database server is read-only: a standby, or one that somebody set so.',
		fix: 'Name the primary server in the answers, or have the server made writable.',
	},
	'server-database-engine': {
		area: 'database',
		message: '{subject} failed: this server does not take such a database.',
		cause: 'Servers of workspaces speak to MySQL only; the pod was given the address of another kind of database.',
		fix: 'Name a MySQL server for this workspace.',
	},
	'server-database-newer': {
		...ended,
		area: 'database',
		message: '{subject} ended: the database was migrated by a newer version.',
		cause: 'The revision in the database (alembic_version) is not known to this image.',
		fix: 'Install a version that is at least as new as the one that migrated it, or restore the copy of the database made before.',
		answers: ['bundle.path'],
	},
	'server-migration-torn': {
		...ofDatabase,
		message: '{subject} ended: an earlier migration of the database stopped half way.',
		cause: 'A table, column or key that it wants to make exists already; MySQL keeps what a broken migration did.',
		fix: 'On a first install, where it holds nothing yet: have the database admin drop this database and make it anew, empty; Retry then migrates it from the beginning. Otherwise restore the copy of it made before that migration.',
		nextSteps: [
			'This tool drops no database. With an admin login in the answers it makes it anew when started again with --from databases.',
		],
	},
	'server-migration-missing': {
		...ended,
		who: 'vendor',
		message: '{subject} failed: the image is older than the chart.',
		cause: 'The chart starts the migration by a module that images have from 0.97.0 on, and this image lacks it.',
		fix: 'Get a bundle whose chart and images have the same version.',
		answers: ['bundle.path'],
	},
	'server-encryption-key': {
		...ended,
		message: '{subject} ended: it cannot read the secrets in its database.',
		cause:
			'They were encrypted with another key than the one it has: the Secret with the key was made anew, or the database came from elsewhere.',
		fix: 'Put the old key back into the Secret of generated values; nothing else can read what is stored.',
	},
	'server-read-only-files': {
		...ended,
		message: '{subject} ended: it may not write to its own file system.',
		cause:
			'The container has a read-only root file system, or its user may not write where the server keeps its files.',
		fix: 'Do not set readOnlyRootFilesystem for this component, and let fsGroup and runAsUser be those of the image.',
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly crash: typeof crashProblems.table;
	}
}
