import {rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {earlierVersions, productVersions} from '../../lab/image-bundle.ts';
import {registryFolders} from '../../lab/parts/registries.ts';
import {sqlOf} from './backup-files.ts';
import {labFacts} from './lab.ts';
import {differing, madeSite, once, type Site, workspaceDatabase} from './site.ts';

const facts = labFacts();

/** Five minutes beside `day-two`, which breaks an upgrade in other ways: only who asks for them gets them. */
const asked = process.env.BROKEN_UPGRADES === '1';

let site: Site;
beforeAll(async () => {
	site = await madeSite('earlier');
}, 400_000);
afterAll(async () => site?.end(), 180_000);

/** What of an image the registry knows by its tag. */
const tagged = join(
	...[dirname(facts.zone), registryFolders.htpasswd, 'docker/registry/v2/repositories/zenml/zenml-pro-server'],
	...['_manifests/tags', productVersions.workspace],
);

const comesBack = async (component: string): Promise<void> => {
	const returned = await site.run(['back', component, '--accept-loss']);
	expect(returned.code, returned.output.slice(-3000)).toBe(0);
	// Before anybody logs in, which the server writes down.
	expect(differing(await sqlOf(workspaceDatabase), await site.dumpIn(await site.newest()))).toEqual([]);
	await site.expectData(earlierVersions.workspace);
};

it.skipIf(!asked)(
	'a control plane that cannot migrate stops the upgrade before any workspace, and comes back with its data',
	async () => {
		const values = join(site.root, 'values.yaml');
		await writeFile(values, 'zenml: {environment: {LAB_FAIL: migrate}}\n');
		const failed = await site.run(['upgrade'], {args: ['--set', `controlPlane.helmValues=${values}`]});
		expect(failed.code, failed.output.slice(-3000)).toBe(8);
		expect(failed.output).toContain('The migration fails on demand.');
		expect(failed.output).toContain('zenml-airgap back controlPlane');
		expect(failed.output).not.toMatch(/\] Workspaces: working/u);
		await comesBack('controlPlane');
	},
);

it.skipIf(!asked)(
	'an image that is gone from the registry is told, the workspace comes back with its data, and the next upgrade sends the image again',
	async () => {
		// As somebody who tidies the registry up does, between the push and the pull.
		const remove = once(/Control plane verified: (?:ok|done)/u, () => rm(tagged, {recursive: true}));
		const failed = await site.run(['upgrade'], {heard: remove.heard});
		await remove.done();
		expect(failed.code, failed.output.slice(-3000)).toBe(8);
		expect(failed.output).toMatch(/ErrImagePull|ImagePullBackOff/u);
		expect(failed.output).toContain('zenml-airgap back default');
		await comesBack('default');
		const upgraded = await site.run(['upgrade']);
		expect(upgraded.code, upgraded.output.slice(-3000)).toBe(0);
		await site.expectData(productVersions.workspace);
	},
);
