import {existsSync} from 'node:fs';
import {expect, test} from 'vitest';
import {clientToolsRoot} from '../../lab/client-tools.ts';
import {runCommand} from '../../lab/commands.ts';
import {labPaths} from '../../lab/paths.ts';

/** Programs that docs/bundle-create.md asks of such an image. */
const programs = 'pg_dump pg_restore psql mysqldump mysql age curl sh sha256sum cat base64 env'.split(' ');

const canTry = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
// A root that was unpacked before, or a way to Debian's archive.
const root = canTry ? await clientToolsRoot(labPaths(process.env)).catch(() => undefined) : undefined;

test.runIf(root)('every program starts in the root of the image, as a user that it does not know', async () => {
	const at = root as string;
	const inside = (...words: readonly string[]): Promise<string> =>
		runCommand('chroot', ['--userspec=10001:10001', at, ...words]);
	for (const name of programs) expect(await inside('sh', '-c', `command -v ${name}`)).toContain(name);
	expect(await inside('pg_dump', '--version')).toMatch(/^pg_dump \(PostgreSQL\) 18\./u);
	expect(await inside('pg_restore', '--version')).toMatch(/ 18\./u);
	expect(await inside('psql', '--version')).toMatch(/ 18\./u);
	expect(await inside('mysqldump', '--version')).toMatch(/Ver 9\..*\(Debian\)/u);
	expect(await inside('mysql', '--version')).toMatch(/Ver 9\./u);
	expect(await inside('age', '--version')).toMatch(/^v?1\./u);
	expect(await inside('curl', '--version')).toContain('https');
	expect(await inside('sh', '-c', 'printf abc | sha256sum')).toContain('ba7816bf');
	expect(await inside('sh', '-c', 'printf YWJj | base64 -d')).toBe('abc');
});
