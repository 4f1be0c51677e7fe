import * as z from 'zod';
import {accountName, host, path, port, secretRefSchema, sqlName, text} from '../parts.ts';

const admin = z
	.strictObject({
		username: accountName
			.optional()
			.describe('Role that may create roles and databases; by default root, or postgres on PostgreSQL')
			.meta({examples: ['root']}),
		password: secretRefSchema.describe('Password of that role').meta({examples: ['env:DATABASE_ADMIN_PASSWORD']}),
		database: text
			.optional()
			.describe('Database to log in to; by default mysql, or postgres on PostgreSQL')
			.meta({examples: ['mysql']}),
	})
	.optional()
	.describe('Without it the tool writes the SQL for the database admin as files and waits');

/** A database server. What has a default by engine is optional here: database-server.ts fills it in. */
export const databaseServer = (hostExample: string) =>
	z.strictObject({
		engine: z
			.enum(['mysql', 'postgresql'])
			.default('mysql')
			.describe('Database engine: workspaces take MySQL, the control plane takes both'),
		host: host.describe('Database server').meta({examples: [hostExample]}),
		port: port
			.optional()
			.describe('Port of the database server; by default 3306, or 5432 for PostgreSQL')
			.meta({examples: [3306]}),
		tls: z
			.enum(['verify-full', 'require', 'disable'])
			.default('verify-full')
			.describe('Encryption of database connections: checked against the CA, unchecked, or none'),
		ca: path
			.optional()
			.describe('CA certificate of the database server (PEM); by default tls.ca')
			.meta({examples: ['/etc/pki/zenml/database-ca.crt']}),
		clientCertificate: path
			.optional()
			.describe('Client certificate (PEM), for a database server that asks for one')
			.meta({examples: ['/etc/pki/zenml/database-client.crt']}),
		clientKey: path
			.optional()
			.describe('Private key of that client certificate (PEM), without a passphrase')
			.meta({examples: ['/etc/pki/zenml/database-client.key']}),
		admin,
	});

/** The server of every component that names none of its own. Which of them need it, rules/database.ts says. */
export const sharedDatabaseServer = (hostExample: string) =>
	databaseServer(hostExample)
		.extend({
			host: host
				.optional()
				.describe('Database server; needed unless control plane and workspaces all name servers of their own')
				.meta({examples: [hostExample]}),
		})
		.prefault({});

/** Database and role of one component, with the names that the vendor's guide proposes. */
export const componentDatabase = (name: string, username: string, hostExample: string) =>
	z
		.strictObject({
			name: sqlName.default(name).describe('Name of the database'),
			username: sqlName.default(username).describe('Role that the server logs in as; 32 characters at most on MySQL'),
			password: secretRefSchema.default('generate').describe('Password of that role'),
			server: databaseServer(hostExample)
				.optional()
				.describe('A database server of its own; without it, the one in database'),
		})
		.prefault({})
		.describe('Database and role of this component');
