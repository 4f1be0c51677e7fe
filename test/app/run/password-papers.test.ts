import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createStage} from '../stage.ts';

const given = {
	registry: {host: 'registry.corp', username: 'installer', password: 'env:REGISTRY_PASSWORD'},
	tls: {certificate: 'tls.crt', key: 'tls.key', ca: 'ca.crt'},
	database: {host: 'db.corp'},
	controlPlane: {host: 'zenml-pro.corp.internal', database: {password: 'env:PRO_PASSWORD'}},
	workspaces: [{name: 'default', host: 'zenml.corp.internal', database: {password: 'env:LACKING_PASSWORD'}}],
};

test('passwords that were asked for and lack end the command with a problem; the others are written', async () => {
	const stage = await createStage({
		environment: {KUBECONFIG: '/nonexistent/kubeconfig', PRO_PASSWORD: 'canary-of-the-test'},
	});
	try {
		await stage.write('answers.json', JSON.stringify(given));
		const words = ['handover', 'database', '--with-passwords', '--answers', 'answers.json', '--state-dir', 'state'];
		const {code, out, err} = await stage.run(...words);
		expect(code).toBe(3);
		expect(err).toContain('handover-passwords-missing');
		expect(err).toContain('1 of 2 passwords');
		expect(`${out}${err}`).toContain('LACKING_PASSWORD');
		expect(`${out}${err}`).not.toContain('canary-of-the-test');
		const files = await readdir(path.join(stage.folder, 'state', 'handover', 'database'));
		expect(files.filter((name) => name.includes('.password'))).toHaveLength(1);
	} finally {
		await stage.remove();
	}
});
