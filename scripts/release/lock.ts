import {readFileSync} from 'node:fs';
import path from 'node:path';

/** A package of `package-lock.json` (npm docs, package-lock.json, "packages"); only what is read here. */
type Locked = {
	readonly version?: string;
	readonly license?: string;
	readonly integrity?: string;
	readonly dev?: boolean;
	readonly optional?: boolean;
	readonly devOptional?: boolean;
	readonly os?: unknown;
	readonly cpu?: unknown;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
	readonly peerDependencies?: Readonly<Record<string, string>>;
};

/** A library that is there at run time, once for each version. */
export type Library = {
	readonly name: string;
	readonly version: string;
	/** As its author declares it: an identifier or an expression of SPDX. */
	readonly license: string;
	/** Of its archive at the registry, in the form of Subresource Integrity: `sha512-BASE64`. */
	readonly integrity: string;
	/** Where it lies, relative to the project. */
	readonly places: readonly string[];
	/** Left out where it cannot be had. */
	readonly optional: boolean;
	/** A program for one platform, which is installed beside this one and is no part of it. */
	readonly beside: boolean;
	/** `NAME@VERSION` of the libraries it is written with, sorted. */
	readonly needs: readonly string[];
};

/** Libraries, and those that the project itself names, as `NAME@VERSION`. */
export type Lock = {readonly libraries: readonly Library[]; readonly direct: readonly string[]};

const modules = 'node_modules/';
const nameOf = (place: string): string => place.slice(place.lastIndexOf(modules) + modules.length);

/** Where `name` is found from `place`, as Node looks for it: in its own folder, then upwards. */
const placeOf = (packages: ReadonlyMap<string, Locked>, place: string, name: string): string | undefined => {
	for (let from = place; ; from = from.slice(0, Math.max(0, from.lastIndexOf(modules) - 1))) {
		const found = `${from === '' ? '' : `${from}/`}${modules}${name}`;
		if (packages.has(found)) return found;
		if (from === '') return undefined;
	}
};

const needsOf = (packages: ReadonlyMap<string, Locked>, place: string): readonly string[] => {
	const {dependencies, optionalDependencies, peerDependencies} = packages.get(place) ?? {};
	const names = Object.keys({...dependencies, ...optionalDependencies, ...peerDependencies});
	const found = names.flatMap((name) => placeOf(packages, place, name) ?? []);
	return found.filter((one) => !packages.get(one)?.dev).map((one) => `${nameOf(one)}@${packages.get(one)?.version}`);
};

/** @throws Error where the lock does not say what a library is */
const libraryAt = (packages: ReadonlyMap<string, Locked>, place: string): Library => {
	const {version, license, integrity, optional = false, devOptional = false, os, cpu} = packages.get(place) ?? {};
	const name = nameOf(place);
	if (version === undefined || license === undefined || integrity === undefined)
		throw new Error(`package-lock.json does not say version, license and integrity of ${place}`);
	const beside = os !== undefined || cpu !== undefined;
	const needs = needsOf(packages, place);
	return {name, version, license, integrity, places: [place], optional: optional || devOptional, beside, needs};
};

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

const merged = (one: Library, other: Library): Library => ({
	...one,
	places: unique([...one.places, ...other.places]),
	optional: one.optional && other.optional,
	needs: unique([...one.needs, ...other.needs]),
});

/**
 * The libraries that are there at run time: all of the lock but those for development.
 * @param root folder of the project, absolute
 * @throws Error of the file system, or where the lock does not say what a library is
 */
export const readLock = (root: string): Lock => {
	const {packages: all} = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
		readonly packages: Readonly<Record<string, Locked>>;
	};
	const packages = new Map(Object.entries(all));
	const found = new Map<string, Library>();
	for (const [place, {dev}] of packages) {
		if (place === '' || dev) continue;
		const library = libraryAt(packages, place);
		const key = `${library.name}@${library.version}`;
		const before = found.get(key);
		found.set(key, before ? merged(before, library) : {...library, needs: unique(library.needs)});
	}
	const libraries = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, library]) => library);
	return {libraries, direct: unique(needsOf(packages, ''))};
};
