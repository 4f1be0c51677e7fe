import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {scratch} from '../../helm/lab.ts';

const run = promisify(execFile);

test('a port that throws inside an event handler ends its step with a problem page, and not the program', async () => {
	const {folder, remove} = await scratch();
	const host = fileURLToPath(new URL('guard-host.ts', import.meta.url));
	const {stdout} = await run(process.execPath, [host, folder]).finally(remove);
	expect(JSON.parse(stdout)).toMatchObject({
		outcome: 'failed',
		exitCode: 1,
		status: 'problem',
		problem: {
			code: 'unexpected-error',
			message: 'An error that this tool did not expect: TypeError',
			evidence: expect.arrayContaining([expect.stringMatching(/guard-host\.ts:\d+:\d+/u)]),
		},
	});
	expect(stdout).not.toContain('CANARY');
});
