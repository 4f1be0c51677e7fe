import {spawn} from 'node:child_process';
import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';
import {identity} from '../../backup/helpers.ts';

const script = fileURLToPath(new URL('../../../source/backup/scheduled/scheduled-backup.sh', import.meta.url));

/** Programs of databases that say what they were given, and no password on their command line. */
const programs = {
	psql: `case "$*" in
*--file=-*) cat > /dev/null; printf '%s\\n' BEGIN '{"name" : "alembic_version", "rows" : 1}' '{"name" : "user", "rows" : 3}' ;;
*server_version*) echo '15.18 (Debian)' ;;
*alembic*) echo abc123 ;;
esac`,
	pg_dump: `case $1 in --version) echo 'pg_dump (PostgreSQL) 18.1'; exit ;; esac
[ ! -e "$TMPDIR/break-pg" ] || { printf half; echo 'pg_dump: error: connection lost' >&2; exit 1; }
printf 'dump of %s as %s by %s' "$PGDATABASE" "$PGUSER" "$(cat "$PGPASSFILE")"`,
	mysql: `case "$*" in
*VERSION*) echo 8.4.3 ;;
*routines*|*events*) echo 0 ;;
*information_schema.tables*) echo 'SELECT 1;' ;;
*alembic*) echo def456 ;;
*) cat > /dev/null; printf '%s\\n' '{"name": "alembic_version", "rows": 1}' "$(cat "$TMPDIR/more-rows" 2>/dev/null)" ;;
esac`,
	mysqldump: `case $1 in --version) echo 'mysqldump  Ver 8.4.3 for Linux on x86_64'; exit ;; esac
file=\${1#--defaults-file=}
printf 'dump by '; cat "$file"`,
};

/** What is in the folder of the Secret for one site with both engines. */
const secrets = {
	'db-0.login.cnf': '[client]\npassword="mysql-canary"\nssl-ca=@FOLDER@/ca.pem\n',
	'db-0.ca.pem': 'CA',
	'db-1.environment': "export PGHOST='db' PGUSER='pro' PGDATABASE='zenml_pro' PGPASSFILE='@FOLDER@/passwords'\n",
	'db-1.passwords': '*:*:*:*:postgres-canary\n',
	'secrets.json': '{"kind":"List"}',
	'values-my-team.yaml': 'server: {}\n',
	'certificates-ca.pem': 'put aside long ago',
};

/** A pod of the CronJob: its folders, and the script that it runs. */
export const stage = async (more: {readonly secrets?: Readonly<Record<string, string>>} = {}) => {
	const folder = await mkdtemp(join(tmpdir(), 'zenml-schedule-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true}));
	const at = (...parts: readonly string[]): string => join(folder, ...parts);
	for (const name of ['bin', 'config', 'secrets', 'live', 'target', 'tmp']) await mkdir(at(name), {mode: 0o700});
	for (const [name, text] of Object.entries(programs)) {
		await writeFile(at('bin', name), `#!/bin/sh\n${text}\n`);
		await chmod(at('bin', name), 0o755);
	}
	for (const [name, text] of Object.entries({...secrets, ...more.secrets})) await writeFile(at('secrets', name), text);
	await writeFile(at('live', 'certificates-ca.pem'), 'as it is now');
	await writeFile(at('config', 'databases'), '0\tmysql\tteam\tzenml_team\n1\tpostgresql\tcontrolPlane\tzenml_pro\n');
	const {recipient, file} = await identity();
	const run = async (environment: Readonly<Record<string, string>> = {}, shell = 'sh') => {
		const child = spawn(shell, [script], {
			env: {
				PATH: `${at('bin')}:/usr/bin:/bin`,
				TMPDIR: at('tmp'),
				CONFIG: at('config'),
				SECRETS: at('secrets'),
				LIVE: at('live'),
				PARTS: 'secrets.json certificates-ca.pem values-my-team.yaml answers.yaml journal.json',
				RESULT: at('result'),
				TARGET: at('target'),
				TOOL: 'zenml-airgap 0.0.0',
				RECIPIENTS: recipient,
				RETENTION_DAYS: '30',
				COMPONENTS: '[]',
				MARKER: 'zenml_airgap_half_restored',
				...environment,
			},
		});
		await writeFile(at('result'), '');
		let said = '';
		for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)));
		const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
		return {exitCode, said, result: await readFile(at('result'), 'utf8')};
	};
	return {at, run, identity: file};
};
