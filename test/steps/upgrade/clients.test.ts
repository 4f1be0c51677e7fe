import {expect, test} from 'vitest';
import {clientsStep} from '../../../source/steps/upgrade/clients.ts';
import {carried, imageOf, kept} from '../parts.ts';
import {answersOf, changesOf, code, type Given, linesOf, look, worldOf} from '../world.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const client = imageOf('zenml', {manifest: {mediaType: 'application/json', digest, bytes: Buffer.from('{}')}});
const image = `registry.corp/zenml/zenml@${digest}`;

const site = (more: Given = {}) => worldOf({bundle: carried({images: [client]}), cluster: kept(), ...more});

test('users are told which version and image to use, and somebody confirms it', async () => {
	const waiting = await look(clientsStep, site());
	if (waiting.status !== 'waiting') throw new Error(waiting.status);
	const text = waiting.handover.sections.flatMap(({lines}) => lines).join('\n');
	expect(text).toContain('pip install "zenml==0.95.1"');
	expect(text).toContain(`FROM ${image}`);
	expect(waiting.late('within 5 minutes')).toMatchObject({
		code: code('handover-clients'),
		message: 'Clients go to version 0.95.1: not confirmed within 5 minutes.',
		cause: 'Still to come: your users know: confirm it here.',
		fix: 'Give the page to your users, then start the same command again and confirm it; or say upgrade.clients: tell.',
	});
});

test('once confirmed it is noted in the cluster, and not asked again for the same version', async () => {
	const cluster = kept();
	const confirmed = site({cluster, acknowledged: true});
	expect(changesOf(await look(clientsStep, confirmed))).toEqual([
		`create configmap zenml-airgap-clients (zenml==0.95.1, ${image})`,
	]);
	await clientsStep.apply?.(confirmed);
	expect(linesOf(confirmed.told).join('\n')).toContain(`FROM ${image}`);
	expect(await look(clientsStep, site({cluster}))).toMatchObject({status: 'ok', note: `zenml==0.95.1, ${image}`});
	const other = site({cluster, bundle: carried({images: []})});
	expect((await look(clientsStep, other)).status).toBe('waiting');
});

test('a confirmation of an upgrade that came to its end does not count for the next', () => {
	expect(clientsStep.confirmsAnew).toBe(true);
});

test('nobody is waited for where the answers say so, nor in a dry run', async () => {
	const answers = answersOf((input) => ({...input, upgrade: {clients: 'tell'}}));
	expect((await look(clientsStep, site({answers}))).status).toBe('todo');
	const dry = await look(clientsStep, site({pass: 'look'}));
	expect(dry).toMatchObject({status: 'todo', changes: [{action: 'wait', target: 'users'}]});
});
