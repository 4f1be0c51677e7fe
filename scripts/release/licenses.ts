import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import type {Library} from './lock.ts';
import type {Program} from './programs.ts';

/**
 * Licences under which a library may be part of this program: they ask for their text to come along, and nothing of our own source.
 * Another one is looked at by a person before it is written here.
 */
export const allowedLicenses: readonly string[] = [
	'(MIT OR CC0-1.0)',
	'0BSD',
	'Apache-2.0',
	'BSD-2-Clause',
	'BSD-3-Clause',
	'ISC',
	'MIT',
	'PSF-2.0',
	'Unlicense',
];

/** Libraries under a licence that is not allowed, as `NAME@VERSION: LICENCE`. */
export const notAllowed = (libraries: readonly Library[]): readonly string[] =>
	libraries
		.filter(({license}) => !allowedLicenses.includes(license))
		.map(({name, version, license}) => `${name}@${version}: ${license}`);

const isLicense = (name: string): boolean => /^(?:un)?licen[cs]e|^copying|^notice/iu.test(name);

/** The texts that a library brings, NOTICE among them. */
export const textsOf = (root: string, {places: [place = '']}: Library): readonly string[] => {
	const folder = path.join(root, place);
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter(isLicense)
		.sort()
		.map((name) => readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n').trimEnd());
};

const rule = '='.repeat(79);
const section = (title: string, texts: readonly string[]): string => [rule, title, rule, '', ...texts, ''].join('\n');

const librarySection = (root: string, library: Library): string => {
	const {name, version, license} = library;
	const texts = textsOf(root, library);
	const lost = `Its archive brings no text of a licence. Its author declares: ${license}.`;
	return section(`${name} ${version} (${license})`, texts.length === 0 ? [lost] : [texts.join('\n\n')]);
};

const programSection = ({name, version, license, licenseText, source, parts}: Program): string => {
	const modules = parts.filter(({purl}) => purl.startsWith('pkg:golang/'));
	const further =
		modules.length === 0
			? []
			: [
					'It was built from these modules of Go. Their licences lie in their own sources (https://pkg.go.dev/NAME@VERSION):',
					...modules.map((part) => `  ${part.name} ${part.version}`),
				];
	return section(`${name} ${version} (${license}), from ${source}`, [licenseText.trimEnd(), '', ...further]);
};

/**
 * `LICENSES.txt`: the licences of this program and of all that is inside it. Programs that npm installs
 * beside it are left out.
 * @param root folder of the project, with its libraries installed
 */
export const licensesText = (root: string, libraries: readonly Library[], programs: readonly Program[]): string => {
	const inside = libraries.filter(({beside}) => !beside);
	const head = [
		'Licences of zenml-airgap and of all that is inside it.',
		'',
		`${[`${inside.length} libraries`, ...programs.map(({name, version}) => `${name} ${version}`)].join(', ')}.`,
		'',
		'',
	].join('\n');
	const own = section('zenml-airgap (Apache-2.0)', [readFileSync(path.join(root, 'LICENSE'), 'utf8').trimEnd()]);
	return [head + own, ...programs.map(programSection), ...inside.map((library) => librarySection(root, library))].join(
		'\n',
	);
};
