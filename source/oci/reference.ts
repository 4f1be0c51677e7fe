import {digestPattern} from './digest.ts';
import {ociProblems} from './problems.ts';

/** An image reference taken apart; `host` is the one it is known by, `docker.io` for short names. */
export type ImageReference = {
	readonly host: string;
	readonly repository: string;
	readonly tag?: string | undefined;
	/** `sha256:` and 64 hex digits. */
	readonly digest?: string | undefined;
};

const dockerHub = 'docker.io';
/** Other names that Docker Hub is written under. */
const hubNames: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

const component = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/u;
const hostPattern =
	/^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/u;
/** Longest name, host included (distribution's package `reference`, `NameTotalLengthMax`). */
const longestName = 255;

/** A reference split at its marks; nothing of it is checked. */
type Pieces = {
	readonly text: string;
	/** As it is written; absent in short names of Docker Hub. */
	readonly host: string | undefined;
	readonly path: readonly string[];
	readonly tag: string | undefined;
	readonly digest: string | undefined;
};

/** A first part is a host where it cannot be a repository: as Docker tells them apart. */
const isHost = (part: string): boolean => /[.:[]/u.test(part) || part === 'localhost' || part !== part.toLowerCase();

const splitDigest = (text: string): readonly [rest: string, digest: string | undefined] => {
	const at = text.indexOf('@');
	return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
};

const splitTag = (text: string): readonly [name: string, tag: string | undefined] => {
	const colon = text.lastIndexOf(':');
	return colon > text.lastIndexOf('/') ? [text.slice(0, colon), text.slice(colon + 1)] : [text, undefined];
};

const split = (text: string): Pieces => {
	const [tagged, digest] = splitDigest(text);
	const [name, tag] = splitTag(tagged);
	const parts = name.split('/');
	const [first = '', ...rest] = parts;
	const named = rest.length > 0 && isHost(first);
	return {text, host: named ? first : undefined, path: named ? rest : parts, tag, digest};
};

const join = ({host: written, path, tag, digest}: Pieces): ImageReference => {
	const host = written === undefined || hubNames.has(written) ? dockerHub : written.toLowerCase();
	// Single names there lie under `library/`.
	const repository = host === dockerHub && path.length === 1 ? `library/${path[0]}` : path.join('/');
	return {host, repository, tag, digest};
};

/** What is told of a reference that is none, but for the reference itself. */
type Fault = Parameters<typeof ociProblems.error<'image-reference-invalid'>>[1] extends infer Given
	? Given extends {readonly text: unknown}
		? Omit<Given, 'text'>
		: never
	: never;

const quoted = (text: string): string => JSON.stringify(text.slice(0, 300));

const textFault = ({text}: Pieces): Fault | undefined => {
	if (text === '') return {case: 'empty'};
	if (/\s/u.test(text)) return {case: 'space'};
	return /^[a-z][a-z0-9+-]*:\/\//iu.test(text) ? {case: 'url'} : undefined;
};

const digestFault = ({digest}: Pieces): Fault | undefined =>
	digest === undefined || digestPattern.test(digest) ? undefined : {case: 'digest'};

const tagFault = ({tag}: Pieces): Fault | undefined => {
	if (tag === undefined || /^\w[\w.-]{0,127}$/u.test(tag)) return undefined;
	return tag === '' ? {case: 'empty tag'} : {case: 'tag', tag: quoted(tag)};
};

const hostFault = ({host}: Pieces): Fault | undefined => {
	if (host === undefined) return undefined;
	if (!hostPattern.test(host)) return {case: 'host', host: quoted(host)};
	const port = /:(\d+)$/u.exec(host)?.[1];
	if (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535)) return undefined;
	return {case: 'port', port};
};

const pathFault = ({path}: Pieces): Fault | undefined => {
	const part = path.find((one) => !component.test(one));
	if (part === undefined) return undefined;
	if (part === '') return {case: 'slash'};
	const lower = part.toLowerCase();
	return component.test(lower) ? {case: 'capitals', part, lower} : {case: 'part', part: quoted(part)};
};

const lengthFault = (pieces: Pieces): Fault | undefined => {
	const {host, repository} = join(pieces);
	return host.length + 1 + repository.length > longestName ? {case: 'long', most: longestName} : undefined;
};

/** In this order, so that the fault told is the one to mend first. */
const checks = [textFault, digestFault, tagFault, hostFault, pathFault, lengthFault];

const faultOf = (pieces: Pieces): Fault | undefined => {
	for (const check of checks) {
		const fault = check(pieces);
		if (fault) return fault;
	}
	return undefined;
};

/**
 * Takes `host[:port]/path[:tag][@digest]` apart, by the grammar of the CNCF distribution's package `reference`.
 * Without a host it is Docker Hub, and single names there lie under `library/`; no tag is made up.
 * @throws ProblemError `image-reference-invalid`
 */
export const parseReference = (text: string): ImageReference => {
	const pieces = split(text);
	const fault = faultOf(pieces);
	if (fault) throw ociProblems.error('image-reference-invalid', {...fault, text: quoted(text)});
	return join(pieces);
};

/** The same of a text that need not be a reference. @returns `undefined` where it is none */
export const tryReference = (text: string): ImageReference | undefined => {
	const pieces = split(text);
	return faultOf(pieces) ? undefined : join(pieces);
};

/** What an image is called at the internal registry: the last part of its path, and its tag. */
export type ImageName = {readonly name: string; readonly tag: string};

/** `host:5000/a/b:1.0` as `b` and `1.0`; a digest behind it says nothing here. @returns `undefined` where it names no tag, or is no reference */
export const imageNameOf = (text: string): ImageName | undefined => {
	const {repository, tag} = tryReference(text) ?? {};
	return repository === undefined || tag === undefined
		? undefined
		: {name: repository.slice(repository.lastIndexOf('/') + 1), tag};
};
