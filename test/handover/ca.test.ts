import {execFileSync, spawnSync} from 'node:child_process';
import {X509Certificate} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {contentOf, savePack} from '../../source/base/handover.ts';
import {caGiven} from '../../source/handover/ca/given.ts';
import {caPack} from '../../source/handover/ca/index.ts';
import {runScript, sectionOf, shells, textOf} from './run-script.ts';

const urls = ['https://zenml-pro.internal.mycompany.com:8443', 'https://zenml-workspace.internal.mycompany.com:8443'];
const registry = 'registry.internal.mycompany.com:5000';
let folder: string;
let caPem: string;
let otherPem: string;
let thirdPem: string;
let fingerprint: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'ca-papers-'));
	[caPem, otherPem, thirdPem] = await Promise.all([
		createAuthority({name: 'Internal CA'}).then((made) => made.caPem),
		createAuthority({name: 'Other'}).then((made) => made.caPem),
		createAuthority({name: 'Internal CA'}).then((made) => made.caPem),
	]);
	fingerprint = new X509Certificate(caPem).fingerprint256;
});
afterAll(async () => rm(folder, {recursive: true, force: true}));

const pack = (pem = caPem) =>
	caPack(caGiven({caPem: pem, caFingerprint: fingerprint, urls, registry}), {operator: 'ada on jump1', by: 'Friday'});
/** The papers of another certificate of the CA, as before or after its renewal. */
const renewed = () =>
	caPack(caGiven({caPem: otherPem, caFingerprint: new X509Certificate(otherPem).fingerprint256, urls, registry}), {
		operator: 'ada on jump1',
	}).sections;
const text = (fileName: string): string => textOf(pack().sections, fileName);
const scripts = () => pack().sections.filter(({kind}) => kind === 'script');
const fresh = async (name: string): Promise<string> => {
	const own = join(folder, name);
	await mkdir(own, {recursive: true});
	return own;
};

/** The lines of the paper for OpenShift from one of its words on, up to another, as one shell reads them. */
const commandsOf = (from: string, to?: string): string => {
	const paper = text('openshift-nodes.txt');
	return paper
		.slice(paper.indexOf(from), to === undefined ? undefined : paper.indexOf(to))
		.split('\n')
		.filter((line) => line.startsWith('  '))
		.join('\n');
};

describe('OpenShift', () => {
	const key = registry.replace(':', '..');

	test('its paper looks for the ConfigMap of the cluster, and adds to it before it makes one', async () => {
		const own = await fresh('openshift');
		const {calls} = await runScript(commandsOf('The nodes take', 'Check'), {
			folder: own,
			played: {oc: ''},
		});
		expect(calls.trim().split('\n')).toEqual([
			'oc get image.config.openshift.io/cluster -o jsonpath={.spec.additionalTrustedCA.name}',
			`oc set data configmap/NAME -n openshift-config --from-file=${key}=ca.crt`,
			`oc create configmap zenml-registry-ca -n openshift-config --from-file=${key}=ca.crt`,
			'oc patch image.config.openshift.io/cluster --type=merge -p {"spec":{"additionalTrustedCA":{"name":"zenml-registry-ca"}}}',
		]);
	});

	test('both ways have a way back', async () => {
		const own = await fresh('openshift-undo');
		const {calls} = await runScript(commandsOf('Undo'), {folder: own, played: {oc: ''}});
		expect(calls.trim().split('\n')).toEqual([
			`oc set data configmap/NAME -n openshift-config ${key}-`,
			'oc patch image.config.openshift.io/cluster --type=json -p [{"op":"remove","path":"/spec/additionalTrustedCA"}]',
			'oc delete configmap zenml-registry-ca -n openshift-config',
		]);
	});
});

describe('the pack', () => {
	test('the note says who asks, until when, what to compare, how to check and how to undo', () => {
		const note = text('README.txt');
		for (const part of [
			'Asked by: ada on jump1',
			'By:       Friday',
			'For:      desktop team',
			'How to check',
			'How to undo',
		])
			expect(note).toContain(part);
		expect(note.replaceAll(/\s/gu, '')).toContain(fingerprint);
		for (const {fileName} of pack().sections)
			if (
				!/^(?:README\.txt|ca-check\.sh|ca-windows\.cmd|firefox-policies\.json|chrome-policy\.json|ca-nss\.sh)$/u.test(
					fileName,
				)
			)
				expect(note).toContain(fileName);
	});

	test('of a bundle the certificate with the fingerprint is handed out', () => {
		const {sections} = pack(otherPem + caPem);
		expect(textOf(sections, 'ca.crt')).toBe(`${caPem.trim()}\n`);
		expect(textOf(sections, 'ca-debian.sh')).not.toContain(otherPem.trim());
	});

	test('the same certificate lies there in PEM and in DER', () => {
		expect(new X509Certificate(contentOf(sectionOf(pack().sections, 'ca.crt'))).fingerprint256).toBe(fingerprint);
		const der = contentOf(sectionOf(pack().sections, 'ca.cer'));
		expect(Buffer.from(der).equals(new X509Certificate(caPem).raw)).toBe(true);
	});

	test('scripts may be run, and nobody else may write or read what is for the operator', async () => {
		const {folder: own} = await savePack(join(folder, 'own'), pack().sections);
		const {folder: shared} = await savePack(join(folder, 'shared'), pack().sections, {isShared: true});
		const modes = (of: string): string =>
			execFileSync('stat', ['-c', '%a', join(of, 'ca-debian.sh'), join(of, 'ca.crt')], {encoding: 'utf8'});
		expect(modes(own)).toBe('700\n600\n');
		expect(modes(shared)).toBe('755\n644\n');
	});

	test('lines fit a terminal of 80 columns', () => {
		for (const {lines, fileName, kind} of pack().sections)
			if (kind !== 'base64' && !/\.json$/u.test(fileName))
				for (const line of lines)
					if (!/mycompany|policies\.json/u.test(line) || fileName.endsWith('.sh'))
						expect(line.length, `${fileName}: ${line}`).toBeLessThanOrEqual(78);
	});
});

describe('a registry with a CA of its own', () => {
	const withOwn = (registryCaPem: string) =>
		caPack(caGiven({caPem, caFingerprint: fingerprint, registryCaPem, urls, registry}), {}).sections;

	test('nodes and the engines of users get that one, and everything else the internal CA', () => {
		const sections = withOwn(otherPem);
		expect(textOf(sections, 'registry-ca.crt').trim()).toBe(otherPem.trim());
		expect(textOf(sections, 'ca-nodes.sh')).toContain(otherPem.trim());
		expect(textOf(sections, 'ca-nodes.sh')).not.toContain(caPem.trim());
		expect(textOf(sections, 'openshift-nodes.txt')).toContain('=registry-ca.crt');
		expect(textOf(sections, 'openshift-nodes.txt')).not.toMatch(/=ca\.crt/u);
		expect(textOf(sections, 'tools.txt').match(/install -D -m 0644 registry-ca\.crt/gu)).toHaveLength(2);
		for (const name of ['ca-debian.sh', 'ca-python.sh', 'ca-java.sh', 'ca.crt'])
			expect(textOf(sections, name), name).toContain(caPem.trim());
		const note = textOf(sections, 'README.txt').replaceAll(/\s+/gu, ' ');
		const {fingerprint256} = new X509Certificate(otherPem);
		expect(note).toContain(fingerprint256.slice(0, 48));
		expect(note).toContain('in registry-ca.crt. ca-nodes.sh, openshift-nodes.txt');
	});

	test('where its file has the internal CA, that is the one', () => {
		const sections = withOwn(`${otherPem}\n${caPem}`);
		expect(sections.map(({fileName}) => fileName)).not.toContain('registry-ca.crt');
		expect(textOf(sections, 'ca-nodes.sh')).toContain(caPem.trim());
	});
});

describe('scripts', () => {
	test.each(shells)('%s reads every one of them', async (shell) => {
		for (const {fileName} of scripts()) {
			const file = join(await fresh('read'), fileName);
			await writeFile(file, text(fileName));
			const words = shell === 'busybox' ? ['sh', '-n', file] : ['-n', file];
			execFileSync(shell, words);
		}
	});

	test.skipIf(!existsSync('/usr/bin/shellcheck'))('shellcheck has nothing to say', async () => {
		const {folder: own} = await savePack(join(folder, 'checked'), scripts());
		const files = scripts().map(({fileName}) => join(own, fileName));
		const {stdout, status} = spawnSync('shellcheck', ['-s', 'sh', ...files], {encoding: 'utf8'});
		expect(stdout).toBe('');
		expect(status).toBe(0);
	});

	const noted = {'update-ca-certificates': '', 'update-ca-trust': ''};
	const distributions = [
		['ca-debian.sh', '/usr/local/share/ca-certificates', 'zenml-internal-ca.crt', 'update-ca-certificates'],
		['ca-rhel.sh', '/etc/pki/ca-trust/source/anchors', 'zenml-internal-ca.pem', 'update-ca-trust extract'],
		['ca-suse.sh', '/etc/pki/trust/anchors', 'zenml-internal-ca.pem', 'update-ca-certificates'],
	] as const;

	/** A script on a machine of its distribution: a list of CAs below the folder is made of what lies beside it, as the tool would. */
	const onMachine = async (name: string, anchors: string) => {
		const own = await fresh(name);
		const [folderOf, list] = [join(own, 'anchors'), join(own, 'list.pem')];
		await mkdir(folderOf, {recursive: true});
		const make = `cat ${list}.of-the-site ${folderOf}/* >${list} 2>/dev/null || :`;
		await writeFile(`${list}.of-the-site`, otherPem);
		const played = {'update-ca-certificates': make, 'update-ca-trust': make};
		const run = async (script: string, ...args: readonly string[]) =>
			runScript(
				script.replace(`anchors=${anchors}\n`, `anchors=${folderOf}\n`).replace(/^list=.*$/mu, `list=${list}`),
				{folder: own, played, args},
			);
		return {own, list, folderOf, run};
	};

	test.each(distributions)(
		'%s installs the certificate, takes it away again, each also twice, and stops when it is another one',
		async (name, anchors, file, update) => {
			const {list, folderOf, run} = await onMachine(name, anchors);
			const place = join(folderOf, file);
			const nothing = {status: 0, stderr: '', calls: ''};
			expect(await run(text(name))).toMatchObject({
				...{status: 0, stderr: '', stdout: `Installed: ${place}\n`, calls: expect.stringContaining(update)},
			});
			expect(await readFile(place, 'utf8')).toBe(text('ca.crt'));
			expect(await readFile(list, 'utf8')).toContain(caPem.trim());
			// Nothing is made anew: the store of a machine at work is empty for that moment.
			expect(await run(text(name))).toMatchObject({...nothing, stdout: 'It is there already: nothing to do.\n'});
			// A renewed CA takes the place of the old one.
			const again = textOf(caPack(caGiven({caPem: thirdPem, caFingerprint: '', urls, registry}), {}).sections, name);
			expect(await run(again)).toMatchObject({status: 0, stdout: `Installed: ${place}\n`});
			expect(await run(text(name))).toMatchObject({status: 0, stdout: `Installed: ${place}\n`});
			expect(await run(text(name), 'remove')).toMatchObject({
				...{status: 0, stdout: `Removed: ${place}\n`, calls: expect.stringContaining(update)},
			});
			expect(existsSync(place)).toBe(false);
			expect(await run(text(name), 'remove')).toMatchObject({
				...{...nothing, stdout: 'It is not there: nothing to do.\n'},
			});
			const swapped = await run(text(name).replace(caPem.trim(), otherPem.trim()));
			expect(swapped).toMatchObject({status: 1, stderr: expect.stringContaining('The fingerprint differs'), calls: ''});
			expect(existsSync(place)).toBe(false);
		},
	);

	test.each(distributions)('%s mends what a run left that was ended half way', async (name, anchors, file, update) => {
		const {list, folderOf, run} = await onMachine(`half-${name}`, anchors);
		const place = join(folderOf, file);
		const calls = expect.stringContaining(update);
		// Ended before the list was made: of an install, then of a removal.
		await writeFile(place, text('ca.crt'));
		expect(await run(text(name))).toMatchObject({status: 0, calls, stdout: `Installed: ${place}\n`});
		await rm(place);
		expect(await run(text(name), 'remove')).toMatchObject({status: 0, calls, stdout: `Removed: from ${list}\n`});
		expect(await readFile(list, 'utf8')).toBe(otherPem);
		// What another file brings into the list is not told as removed.
		await writeFile(join(folderOf, 'theirs.pem'), caPem);
		expect(await run(text(name))).toMatchObject({status: 0});
		expect(await run(text(name), 'remove')).toMatchObject({
			stdout: `Still in ${list}: another file of this machine brings it there\n`,
		});
	});

	test('on another system a script says for which it is, and does nothing', async () => {
		for (const [name, anchors] of [...distributions, ['ca-macos.sh', '']] as const) {
			const own = await fresh(`elsewhere-${name}`);
			const script = text(name).replace(`anchors=${anchors}\n`, `anchors=${join(own, 'none')}\n`);
			const played = {...noted, security: ''};
			for (const args of [[], ['remove']]) {
				const ran = await runScript(script, {folder: own, played, args});
				expect(ran, name).toMatchObject({status: 1, stdout: '', calls: ''});
				expect(ran.stderr, name).toContain(`${name} is for `);
				expect(ran.stderr, name).toMatch(/nothing\s+was done\.\n$/u);
			}
		}
	});

	/** A folder with the programs of this machine that scripts call, but for one. */
	const without = async (missing: string): Promise<string> => {
		const bin = await mkdtemp(join(folder, 'only-'));
		for (const name of ['sh', 'cat', 'sed', 'mktemp', 'rm', 'base64', 'sha256sum', 'uname', 'mkdir', 'dirname'])
			if (name !== missing) await symlink(join('/usr/bin', name), join(bin, name));
		return bin;
	};

	test('a program that is missing is told by name, never as a fingerprint that differs', async () => {
		for (const missing of ['base64', 'sha256sum']) {
			for (const name of ['ca-python.sh', 'ca-nss.sh', 'ca-java.sh', 'ca-nodes.sh']) {
				const own = await fresh(`missing-${missing}-${name}`);
				const ran = await runScript(text(name), {folder: own, environment: {PATH: await without(missing)}});
				expect(ran, name).toMatchObject({status: 1, stdout: ''});
				expect(ran.stderr, name).toContain(`${missing} is missing`);
				expect(ran.stderr, name).not.toContain('fingerprint differs');
			}
		}
		// One of another make does not know its words.
		const own = await fresh('other-make');
		const played = {base64: 'echo "base64: invalid option" >&2; exit 1'};
		const ran = await runScript(text('ca-python.sh'), {folder: own, played});
		expect(ran).toMatchObject({status: 1, stderr: expect.stringContaining('cannot be compared: nothing was done')});
		expect(ran.stderr).not.toContain('fingerprint differs');
	});

	test('a Java that is not there is told with what to set', async () => {
		const own = await fresh('no-java');
		const ran = await runScript(text('ca-java.sh'), {folder: own, environment: {JAVA_HOME: '/nowhere'}});
		expect(ran).toMatchObject({status: 1, stdout: ''});
		expect(ran.stderr).toMatch(/^There is no program \/nowhere\/bin\/keytool: set JAVA_HOME/u);
	});

	test('each script names in its head the command that shows the certificate, and that command runs', async () => {
		for (const {fileName, lines} of scripts()) {
			if (fileName === 'ca-check.sh') continue;
			const from = lines.indexOf('# To check, in this folder:') + 1;
			expect(from, fileName).toBeGreaterThan(0);
			const command = lines.slice(from, lines.indexOf(`# To undo: sh ${fileName} remove`)).map((line) => line.slice(4));
			const own = await fresh(`head-${fileName}`);
			const played = {openssl: '', security: '', certutil: '', keytool: '', crictl: ''};
			const {status, calls} = await runScript(`${command.join('\n')}\n`, {folder: own, played});
			expect({status, calls: calls.split('\n').length - 1}, fileName).toEqual({status: 0, calls: 1});
		}
	});

	test('the script for macOS speaks to the keychain of the system, and takes the certificate away by its digest', async () => {
		const own = await fresh('mac');
		const played = {security: '', uname: 'echo Darwin', base64: 'exec /usr/bin/base64 -d', shasum: 'exec sha256sum'};
		const good = await runScript(text('ca-macos.sh'), {folder: own, played});
		expect(good.status).toBe(0);
		expect(good.calls).toMatch(
			/security add-trusted-cert -d -r trustRoot -k \/Library\/Keychains\/System\.keychain \S+\n/u,
		);
		const undone = await runScript(text('ca-macos.sh'), {folder: own, played, args: ['remove']});
		expect(undone.calls).not.toContain('delete-certificate');
		expect(undone).toMatchObject({status: 0, stdout: 'It is not there: nothing to do.\n'});
		const digest = fingerprint.replaceAll(':', '');
		const there = {...played, security: `case $1 in find-*) echo "SHA-256 hash: ${digest}";; remove-*) exit 1;; esac`};
		const gone = await runScript(text('ca-macos.sh'), {folder: own, played: there, args: ['remove']});
		expect(gone.calls).toContain(`delete-certificate -Z ${fingerprint.replaceAll(':', '').toLowerCase()}`);
		expect(gone.stdout).toBe('Removed: from /Library/Keychains/System.keychain\n');
		const again = await runScript(text('ca-macos.sh'), {folder: own, played: there});
		expect(again.stdout).toBe('It is there already: nothing to do.\n');
		expect(again.calls).not.toContain('add-trusted-cert');
		// One that is there and not trusted is trusted anew.
		const untrusted = {...there, security: there.security.replace('remove-*', 'verify-*|remove-*')};
		const trusted = await runScript(text('ca-macos.sh'), {folder: own, played: untrusted});
		expect(trusted.calls).toContain('add-trusted-cert');
		expect(trusted.stdout).toBe('Installed: in /Library/Keychains/System.keychain\n');
	});

	test('the list for Python is that of certifi, else of the system, and never the internal CA alone', async () => {
		const own = await fresh('python');
		const bundle = join(own, 'bundle.pem');
		const list = join(own, 'list.pem');
		await writeFile(list, otherPem);
		const certifi = {python3: `echo ${list}`};
		const good = await runScript(text('ca-python.sh'), {folder: own, played: certifi, environment: {BUNDLE: bundle}});
		expect(good.status).toBe(0);
		const made = await readFile(bundle, 'utf8');
		expect(made).toContain(caPem.trim());
		expect(made).toContain(otherPem.trim());
		expect(good.stdout).toContain(`export REQUESTS_CA_BUNDLE=${bundle}`);
		expect(
			await runScript(text('ca-python.sh'), {folder: own, environment: {BUNDLE: join(own, 'b'), PYTHON: '/no/python'}}),
		).toMatchObject({status: 1, stderr: 'There is no program /no/python: nothing was done.\n'});
		const none = text('ca-python.sh').replaceAll(/\/etc\/(?:ssl|pki)\//gu, '/nowhere/');
		const refused = await runScript(none, {
			folder: own,
			played: {python3: 'exit 1'},
			environment: {BUNDLE: join(own, 'other.pem')},
		});
		expect(refused).toMatchObject({status: 1, stderr: expect.stringContaining('No list of CAs was found')});
		expect(existsSync(join(own, 'other.pem'))).toBe(false);
	});

	test('the list for Python is made anew and taken away; a file of somebody else is neither', async () => {
		const own = await fresh('python-again');
		const list = join(own, 'list.pem');
		await writeFile(list, otherPem);
		const run = async (bundle: string, ...args: readonly string[]) =>
			runScript(text('ca-python.sh'), {
				folder: own,
				played: {python3: `echo ${list}`},
				environment: {BUNDLE: bundle},
				args,
			});
		const bundle = join(own, 'bundle.pem');
		for (const last of [/\nInstalled: .*\n$/u, /\nIt is there already: nothing to do\.\n$/u])
			expect(await run(bundle)).toMatchObject({status: 0, stdout: expect.stringMatching(last)});
		expect((await readFile(bundle, 'utf8')).match(/BEGIN CERTIFICATE/gu)).toHaveLength(2);
		for (const last of [/\nRemoved: .*\n$/u, /^It is not there: nothing to do\.\n$/u])
			expect(await run(bundle, 'remove')).toMatchObject({status: 0, stdout: expect.stringMatching(last)});
		expect(existsSync(bundle)).toBe(false);
		for (const words of [[], ['remove']]) {
			expect(await run(list, ...words)).toMatchObject({status: 1, stderr: expect.stringContaining('nothing was done')});
			expect(await readFile(list, 'utf8')).toBe(otherPem);
		}
	});

	test.each([['--help'], ['REMOVE'], ['remov'], ['']])('a word that is not "remove" does nothing: %j', async (word) => {
		for (const {fileName} of scripts()) {
			const own = await fresh(`word-${fileName}`);
			const played = {...noted, security: '', certutil: '', keytool: '', curl: '', python3: '', base64: '', shasum: ''};
			const ran = await runScript(text(fileName), {folder: own, played, args: [word]});
			expect(ran, fileName).toMatchObject({status: 2, stdout: '', calls: ''});
			expect(ran.stderr, fileName).toContain(`usage: sh ${fileName}`);
			expect((await readdir(own)).sort(), fileName).toEqual(['bin', 'calls', 'script.sh']);
		}
	});

	test('a second word is refused like a wrong one', async () => {
		for (const {fileName} of scripts()) {
			const own = await fresh(`words-${fileName}`);
			expect(
				await runScript(text(fileName), {folder: own, played: noted, args: ['remove', 'x']}),
				fileName,
			).toMatchObject({
				status: 2,
				calls: '',
			});
		}
	});

	test.skipIf(!existsSync('/usr/bin/keytool'))('Java knows the certificate, and then no more', async () => {
		const own = await fresh('java');
		const environment = {KEYSTORE: join(own, 'cacerts'), JAVA_HOME: ''};
		const list = (): string =>
			spawnSync('keytool', ['-list', '-keystore', environment.KEYSTORE, '-storepass', 'changeit'], {encoding: 'utf8'})
				.stdout;
		const run = async (script: string, ...args: readonly string[]) =>
			runScript(script, {folder: own, environment, args});
		const before = textOf(renewed(), 'ca-java.sh');
		expect(await run(before)).toMatchObject({status: 0});
		// A renewed CA takes the place of the old one.
		expect(await run(text('ca-java.sh'))).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(/Installed: zenml-internal-ca\n$/u),
		});
		expect(list()).toContain(fingerprint);
		// Again, it does not touch the file.
		const bytes = await readFile(environment.KEYSTORE);
		const nothing = {status: 0, stdout: expect.stringContaining('nothing to do')};
		expect(await run(text('ca-java.sh'))).toMatchObject(nothing);
		expect((await readFile(environment.KEYSTORE)).equals(bytes)).toBe(true);
		expect(await run(text('ca-java.sh'), 'remove')).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(/Removed: zenml-internal-ca\n$/u),
		});
		expect(list()).not.toContain(fingerprint);
		expect(await run(text('ca-java.sh'), 'remove')).toMatchObject(nothing);
		const wrong = {folder: own, environment: {...environment, STOREPASS: 'wrong-password'}, args: ['remove']};
		expect(await runScript(text('ca-java.sh'), wrong)).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('keytool error'),
		});
	});

	test.skipIf(!existsSync('/usr/bin/certutil'))(
		'the NSS database of a user has the certificate, and then no more',
		async () => {
			const own = await fresh('nss');
			const environment = {NSS_DB: join(own, 'nssdb')};
			const list = (): string =>
				spawnSync('certutil', ['-d', `sql:${environment.NSS_DB}`, '-L'], {encoding: 'utf8'}).stdout;
			const there = 'It is there already: nothing to do.\n';
			for (const [script, stdout] of [
				[textOf(renewed(), 'ca-nss.sh'), `Installed: zenml-internal-ca in ${environment.NSS_DB}\n`],
				[text('ca-nss.sh'), `Installed: zenml-internal-ca in ${environment.NSS_DB}\n`],
				[text('ca-nss.sh'), there],
			] as const) {
				expect(await runScript(script, {folder: own, environment})).toMatchObject({status: 0, stdout});
				expect(list().match(/zenml-internal-ca\s+C,,/gu)).toHaveLength(1);
			}
			for (const stdout of [
				`Removed: zenml-internal-ca from ${environment.NSS_DB}\n`,
				'It is not there: nothing to do.\n',
			])
				expect(await runScript(text('ca-nss.sh'), {folder: own, environment, args: ['remove']})).toMatchObject({
					status: 0,
					stdout,
				});
			expect(list()).not.toContain('zenml-internal-ca');
		},
	);

	test.skipIf(!existsSync('/usr/bin/certutil'))(
		'one that is in the NSS database of a user under another name stays as it is',
		async () => {
			const own = await fresh('nss-other');
			const environment = {NSS_DB: join(own, 'nssdb')};
			const certutil = (...words: readonly string[]): string =>
				spawnSync('certutil', ['-d', `sql:${environment.NSS_DB}`, ...words], {encoding: 'utf8'}).stdout;
			await mkdir(environment.NSS_DB, {recursive: true});
			await writeFile(join(own, 'ca.crt'), text('ca.crt'));
			certutil('-N', '--empty-password');
			const left = 'It is there as Corp Root 2, which was not put there by this: left alone.\n';
			for (const [trust, status] of [
				['CT,C,C', 0],
				[',,', 1],
			] as const) {
				certutil('-A', '-t', trust, '-n', 'Corp Root 2', '-i', join(own, 'ca.crt'));
				const before = certutil('-L');
				expect(before).toContain('Corp Root 2');
				const script = {folder: own, environment};
				expect(await runScript(text('ca-nss.sh'), script)).toMatchObject({status, stdout: left});
				expect(await runScript(text('ca-nss.sh'), {...script, args: ['remove']})).toMatchObject({
					status: 0,
					stdout: left,
				});
				expect(certutil('-L')).toBe(before);
			}
		},
	);
});

describe('the check', () => {
	const check = async (answer: string) =>
		runScript(text('ca-check.sh'), {folder: await fresh('check'), played: {curl: answer}});

	test('it asks at the port of the ingress, and is well where every server answers', async () => {
		const good = await check('printf 200');
		expect(good).toMatchObject({status: 0, stdout: urls.map((url) => `ok ${url}: HTTP 200\n`).join('')});
		expect(good.calls).toContain('https://zenml-pro.internal.mycompany.com:8443/');
	});

	test('one address without an answer makes it fail, whatever the last one says', async () => {
		const half = await check('case "$*" in *zenml-pro*) printf 000; exit 60;; *) printf 200;; esac');
		expect(half).toMatchObject({
			status: 1,
			stdout: `ok ${urls[1]}: HTTP 200\n`,
			stderr: `FAILED ${urls[0]}: no answer that this machine trusts\n`,
		});
	});

	test.each([
		[6, 'the name does not resolve; nothing is known of the CA'],
		[7, 'it cannot be reached; nothing is known of the CA'],
		[28, 'it cannot be reached; nothing is known of the CA'],
	])('what never came to a certificate is not told as one: curl ends with %i', async (code, words) => {
		const failed = await check(`printf 000; exit ${code}`);
		expect(failed).toMatchObject({
			status: 1,
			stdout: '',
			stderr: urls.map((url) => `FAILED ${url}: ${words}\n`).join(''),
		});
	});

	test('a server that is down is no server', async () => {
		expect(await check('printf 503')).toMatchObject({status: 1, stderr: expect.stringContaining('HTTP 503')});
	});
});

describe('policies and images', () => {
	test('the policies of browsers are JSON that names the certificate', () => {
		expect(JSON.parse(text('firefox-policies.json'))).toEqual({
			policies: {
				Certificates: {ImportEnterpriseRoots: true, Install: ['/usr/lib/mozilla/certificates/zenml-internal-ca.crt']},
			},
		});
		const {CACertificates} = JSON.parse(text('chrome-policy.json')) as {readonly CACertificates: readonly string[]};
		expect(CACertificates.map((one) => new X509Certificate(Buffer.from(one, 'base64')).fingerprint256)).toEqual([
			fingerprint,
		]);
	});

	test('the profile for Macs holds the certificate, with the same identifiers each time', () => {
		const profile = text('ca.mobileconfig');
		const [, data = ''] = /<data>([\s\S]+)<\/data>/u.exec(profile) ?? [];
		expect(new X509Certificate(Buffer.from(data, 'base64')).fingerprint256).toBe(fingerprint);
		expect(profile.match(/[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-8[0-9A-F]{3}-[0-9A-F]{12}/gu)).toHaveLength(2);
		expect(text('ca.mobileconfig')).toBe(profile);
	});

	test('the scripts for Windows compare the digest of the certificate', () => {
		const digest = fingerprint.replaceAll(':', '').toLowerCase();
		expect(text('ca-windows.ps1').replaceAll(/'\s*\+\s*'/gu, '')).toContain(`'${digest}'`);
		expect(text('ca-windows.ps1')).toContain("$ErrorActionPreference = 'Stop'");
		expect(text('ca-windows.ps1')).toContain("param([ValidateSet('remove')][string]$What)");
		expect(text('ca-windows.cmd')).toContain('if not "%~2"=="" goto usage');
		expect(text('README.txt')).toContain('Invoke-WebRequest -UseBasicParsing https://');
		expect(text('ca-windows.cmd')).toContain(`set want=${digest}`);
		expect(text('ca-windows.cmd')).toContain('if not exist "%~dp0ca.cer" (');
		expect(text('ca-windows.cmd')).toMatch(/if not defined have \([\s\S]*nothing was done[\s\S]*fingerprint differs/u);
		expect(text('ca-windows.ps1')).toContain("throw 'ca-windows.ps1 is for Windows");
		for (const name of ['ca-windows.cmd', 'ca-windows.ps1'])
			for (const words of ['It is there already: nothing to do.', 'It is not there: nothing to do.', 'Removed: '])
				expect(text(name), name).toContain(words);
		expect(text('ca-windows.cmd')).toContain(
			`certutil -delstore Root ${new X509Certificate(caPem).fingerprint.replaceAll(':', '').toLowerCase()}`,
		);
	});

	test('an image is built without any image but its base: no frontend is pulled from outside', async () => {
		const lines = text('ca-image.Dockerfile').split('\n');
		expect(lines.filter((line) => /syntax\s*=/u.test(line))).toEqual([]);
		expect(lines.filter((line) => line.startsWith('FROM'))).toEqual([`FROM \${BASE}`]);
		expect(lines.filter((line) => /<</u.test(line))).toEqual([]);
		// What its RUN line compares is the fingerprint of README.txt.
		expect(text('ca-image.Dockerfile')).toContain(fingerprint.replaceAll(':', '').toLowerCase());
	});
});
