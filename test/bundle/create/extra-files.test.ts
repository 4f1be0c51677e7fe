import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {extraFile} from '../../../source/bundle/create/extra-files.ts';
import {never, problemOf, temporary} from './helpers.ts';

test('a pipe, a device or a folder in the place of a file is refused at once, as what it is', async () => {
	const folder = await temporary();
	const pipe = join(folder, 'notes.md');
	execFileSync('mkfifo', [pipe]);
	for (const [file, kind] of [
		[pipe, 'a pipe'],
		['/dev/null', 'a device'],
		[folder, 'a folder'],
	] as const) {
		expect(await problemOf(extraFile('RELEASE-NOTES.md', file, never))).toMatchObject({
			code: 'bundle-unreadable',
			cause: `It is ${kind}, but a file was expected.`,
		});
	}
});
