import {Enums, Models, Serialize, Spec} from '@cyclonedx/cyclonedx-library';
import type {Library, Lock} from './lock.ts';
import type {Program} from './programs.ts';

type Facts = {
	readonly version: string;
	readonly lock: Lock;
	readonly programs: readonly Program[];
	/** Seconds since 1970. */
	readonly epoch: number;
};

const {Component, HashDictionary, LicenseRepository} = Models;

const licensesOf = (license: string): Models.LicenseRepository =>
	new LicenseRepository([
		/[ (]/u.test(license) ? new Models.LicenseExpression(license) : new Models.SpdxLicense(license),
	]);

/** `sha512-BASE64` as the name of an algorithm and hex. @throws Error of another algorithm, which no lock of ours has */
const hashOf = ({name, integrity}: Library): readonly [Enums.HashAlgorithm, string] => {
	const [, base64] = /^sha512-([A-Za-z0-9+/=]+)$/u.exec(integrity) ?? [];
	if (base64 === undefined)
		throw new Error(`The integrity of ${name} in package-lock.json is no SHA-512: ${integrity}`);
	return [Enums.HashAlgorithm['SHA-512'], Buffer.from(base64, 'base64').toString('hex')];
};

/** A package URL of npm (package-url/purl-spec, npm): the `@` of a scope is escaped. */
const npmPurl = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

const libraryComponent = (library: Library): Models.Component => {
	const {name, version, license, optional} = library;
	const [, group, plain = name] = /^(@[^/]+)\/(.+)$/u.exec(name) ?? [];
	return new Component(Enums.ComponentType.Library, plain, {
		...(group === undefined ? {} : {group}),
		version,
		bomRef: `${name}@${version}`,
		purl: npmPurl(name, version),
		scope: optional ? Enums.ComponentScope.Optional : Enums.ComponentScope.Required,
		licenses: licensesOf(license),
		hashes: new HashDictionary([hashOf(library)]),
	});
};

const programComponent = ({name, version, purl, license, sha256, parts}: Program): Models.Component =>
	new Component(Enums.ComponentType.Application, name, {
		version,
		bomRef: `${name}@${version}`,
		purl,
		scope: Enums.ComponentScope.Required,
		licenses: licensesOf(license),
		hashes: new HashDictionary([[Enums.HashAlgorithm['SHA-256'], sha256]]),
		components: new Models.ComponentRepository(
			parts.map(
				(part) =>
					new Component(Enums.ComponentType.Library, part.name, {
						version: part.version,
						bomRef: `${name}@${version}|${part.name}@${part.version}`,
						purl: part.purl,
					}),
			),
		),
	});

/**
 * The bill of materials of a release: CycloneDX 1.6 as JSON. The libraries are those of `package-lock.json` with the SHA-512 of their
 * archives at the registry; Node and Helm stand beside them, with what they were built from. The same facts give the same bytes.
 * @throws Error where an integrity of the lock is no SHA-512
 */
export const sbomText = ({version, lock, programs, epoch}: Facts): string => {
	const main = new Component(Enums.ComponentType.Application, 'zenml-airgap', {
		version,
		bomRef: `zenml-airgap@${version}`,
		purl: npmPurl('zenml-airgap', version),
		licenses: licensesOf('Apache-2.0'),
	});
	const components = new Map(lock.libraries.map((one) => [`${one.name}@${one.version}`, libraryComponent(one)]));
	const inside = programs.map(programComponent);
	for (const name of lock.direct) main.dependencies.add(components.get(name)?.bomRef ?? new Models.BomRef(name));
	for (const {bomRef} of inside) main.dependencies.add(bomRef);
	for (const {name, version: own, needs} of lock.libraries)
		for (const need of needs)
			components.get(`${name}@${own}`)?.dependencies.add(components.get(need)?.bomRef ?? new Models.BomRef(need));
	const bom = new Models.Bom({
		metadata: new Models.Metadata({timestamp: new Date(epoch * 1000), component: main}),
		components: new Models.ComponentRepository([...components.values(), ...inside]),
	});
	const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
	return `${serializer.serialize(bom, {sortLists: true, space: 2})}\n`;
};
