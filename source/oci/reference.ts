import {ProblemError} from '../base/problem.ts';

/** An image reference taken apart; `host` is the one it is known by, `docker.io` for short names. */
export type ImageReference = {
	readonly host: string;
	readonly repository: string;
	readonly tag?: string;
	/** `sha256:` and 64 hex digits. */
	readonly digest?: string;
};

const dockerHub = 'docker.io';
/** Other names that Docker Hub is written under. */
const hubNames: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

const component = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/u;
const hostPattern =
	/^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/u;
/** Longest name, host included (distribution's package `reference`, `NameTotalLengthMax`). */
const longestName = 255;

const refuse = (text: string, cause: string, fix: string): never => {
	throw new ProblemError({
		code: 'image-reference-invalid',
		area: 'usage',
		message: `${JSON.stringify(text.slice(0, 300))} is not the reference of an image.`,
		cause,
		fix,
		nextSteps: [
			'A reference is HOST[:PORT]/PATH[:TAG][@DIGEST], for example public.ecr.aws/zenml/zenml-pro-api:0.10.24',
		],
	});
};

/** A first part is a host where it cannot be a repository: as Docker tells them apart. */
const isHost = (part: string): boolean => /[.:[]/u.test(part) || part === 'localhost' || part !== part.toLowerCase();

const splitTag = (text: string): readonly [name: string, tag: string | undefined] => {
	const colon = text.lastIndexOf(':');
	return colon > text.lastIndexOf('/') ? [text.slice(0, colon), text.slice(colon + 1)] : [text, undefined];
};

/**
 * Takes `host[:port]/path[:tag][@digest]` apart, by the grammar of the CNCF distribution's package `reference`.
 * Without a host it is Docker Hub, and single names there lie under `library/`; no tag is made up.
 * @throws ProblemError `image-reference-invalid`
 */
export const parseReference = (text: string): ImageReference => {
	const bad = (cause: string, fix: string): never => refuse(text, cause, fix);
	if (text === '') bad('It is empty.', 'Give an image.');
	if (/\s/u.test(text)) bad('There is a space or a line break in it.', 'Take it out, or quote the reference.');
	if (/^[a-z][a-z0-9+-]*:\/\//iu.test(text)) bad('It begins like a URL.', 'Leave everything up to :// out.');
	const at = text.indexOf('@');
	const digest = at < 0 ? undefined : text.slice(at + 1);
	if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/u.test(digest)) {
		bad(
			'What comes after @ is not sha256: and 64 hex digits in lower case.',
			'Give the whole digest, or leave it out.',
		);
	}
	const [name, tag] = splitTag(at < 0 ? text : text.slice(0, at));
	if (tag !== undefined && !/^\w[\w.-]{0,127}$/u.test(tag)) {
		bad(
			tag === '' ? 'There is a colon, but no tag after it.' : `${JSON.stringify(tag.slice(0, 130))} is not a tag.`,
			'A tag has up to 128 letters, digits, dots, dashes and underscores, and begins with none of . and -.',
		);
	}
	const parts = name.split('/');
	const [first = ''] = parts;
	const named = parts.length > 1 && isHost(first);
	if (named && !hostPattern.test(first)) bad(`${JSON.stringify(first)} is not host or host:port.`, 'Correct the host.');
	const port = /:(\d+)$/u.exec(named ? first : '')?.[1];
	if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) {
		bad(`There is no port ${port}.`, 'Correct the port: 1 to 65535.');
	}
	const path = named ? parts.slice(1) : parts;
	for (const part of path) {
		if (component.test(part)) continue;
		if (part === '') bad('There is a slash too many, or nothing before the tag.', 'Correct the path of the image.');
		if (component.test(part.toLowerCase()))
			bad(`${part} has capital letters.`, `Write it in lower case: ${part.toLowerCase()}`);
		bad(
			`${JSON.stringify(part)} is not a part of a repository's path.`,
			'A part has lower-case letters and digits, with single . or _, or dashes between them.',
		);
	}
	const host = named && !hubNames.has(first) ? first.toLowerCase() : dockerHub;
	const repository = host === dockerHub && path.length === 1 ? `library/${path[0]}` : path.join('/');
	if (host.length + 1 + repository.length > longestName) {
		bad(`It is longer than the ${longestName} characters that registries take.`, 'Correct the path of the image.');
	}
	return {host, repository, ...(tag === undefined ? {} : {tag}), ...(digest === undefined ? {} : {digest})};
};
