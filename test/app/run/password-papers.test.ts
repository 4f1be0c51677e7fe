import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {answersSchema} from '../../../source/answers/schema.ts';
import {gatherPapers} from '../../../source/app/run/papers.ts';
import {selfSigned} from '../../network/self-signed.ts';
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
		expect(out).toContain('1 of 2 passwords for the database admin could not be written.');
		// Why is said once, in the problem.
		expect(out).not.toContain('LACKING_PASSWORD');
		expect(err.match(/The password of \S+ cannot be read/gu)).toHaveLength(1);
		expect(err).toContain('the others are written');
		expect(`${out}${err}`).not.toContain('canary-of-the-test');
		const files = await readdir(path.join(stage.folder, 'state', 'handover', 'database'));
		expect(files.filter((name) => name.includes('.password'))).toHaveLength(1);
	} finally {
		await stage.remove();
	}
});

test('in a rehearsal, too, a password that is lacking is a problem', async () => {
	const stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}});
	try {
		const [result] = await gatherPapers(
			{
				context: {...stage.context, rehearsal: true},
				stateDirectory: path.join(stage.folder, 'state'),
				answers: answersSchema.parse(given),
				prompted: new Map(),
				signal: new AbortController().signal,
			},
			['database'],
			{withPasswords: true},
		);
		expect(result?.gathered?.problem?.code).toBe('handover-passwords-missing');
		expect(result?.gathered?.pack.sections[0]?.fileName).toBe('REHEARSAL.txt');
		// The CA that the check names could not be read, and is told with the answer that names it.
		expect(result?.gathered?.lacks.join()).toMatch(/ca\.crt.*Correct tls\.ca, or send the CA with the papers\./u);
	} finally {
		await stage.remove();
	}
});

test('the command that writes passwords writes them beside these papers, and what lies there in clear is told', async () => {
	const stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig', PRO_PASSWORD: 'canary'}});
	try {
		await stage.write('answers.json', JSON.stringify(given));
		const flags = ['--answers', 'answers.json', '--state-dir', 'state'];
		const shown = flags.join(' ');
		const place = 'papers of ours';
		const first = await stage.run('handover', 'database', ...flags, '--out', place);
		const rest = `--out 'papers of ours'`;
		expect(first.out.split('\n')).toContain(`  zenml-airgap handover ${shown} database --with-passwords ${rest}`);
		expect(first.out).not.toContain('in clear');
		const filled = await stage.run('handover', 'database', '--with-passwords', ...flags, '--out', place);
		expect(filled.out).toContain('A password lies there in clear');
		expect(filled.out.split('\n')).toContain(`  zenml-airgap handover ${shown} database ${rest}`);
		const folder = path.join(stage.folder, place, 'database');
		const secrets = async () => (await readdir(folder)).filter((name) => name.includes('.password'));
		expect(await secrets()).toHaveLength(1);
		// As it is told: the command takes them away.
		await stage.run('handover', 'database', ...flags, '--out', place);
		expect(await secrets()).toEqual([]);
	} finally {
		await stage.remove();
	}
});

test('without passwords the command says how generated ones come to be, and the CA lies beside the SQL', async () => {
	const stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}});
	try {
		const {cert} = await selfSigned('ca.corp');
		await stage.write('ca.crt', cert);
		const generated = {...given, tls: {...given.tls, ca: path.join(stage.folder, 'ca.crt')}};
		await stage.write('answers.json', JSON.stringify({...generated, controlPlane: {host: 'zenml-pro.corp.internal'}}));
		const {code, out} = await stage.run('handover', 'database', '--answers', 'answers.json', '--out', 'papers');
		expect(code).toBe(0);
		expect(out).toContain('zenml-airgap install --answers answers.json --until secrets');
		const ca = path.join(stage.folder, 'papers', 'database', 'db.corp_3306-ca.crt');
		expect((await readFile(ca, 'utf8')).trim()).toBe(cert.trim());
	} finally {
		await stage.remove();
	}
});

test('passwords are refused for papers that have none, and nothing is written', async () => {
	const stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}});
	try {
		await stage.write('answers.json', JSON.stringify(given));
		const words = ['handover', 'dns', 'ca', '--with-passwords', '--answers', 'answers.json', '--state-dir', 'state'];
		const {code, err} = await stage.run(...words);
		expect(code).toBe(2);
		expect(err).toContain('passwords-without-database');
		expect(err).toContain('not among: dns ca');
		await expect(readdir(path.join(stage.folder, 'state', 'handover'))).rejects.toMatchObject({code: 'ENOENT'});
	} finally {
		await stage.remove();
	}
});
