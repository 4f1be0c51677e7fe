import {posix} from 'node:path';
import {nodeAt} from './fields.ts';
import {type Draft, type DraftValue, formatPath, getAt, type PathLike, toPath} from './tree.ts';

const textAt = (draft: Draft, path: PathLike): string | undefined => {
	const value = getAt(draft, path);
	return typeof value === 'string' && value !== '' ? value : undefined;
};

/** The domain that the hosts of this site share, as far as the draft tells: what follows the first dot. */
const domain = (draft: Draft): string | undefined => {
	for (const path of ['controlPlane.host', 'workspaces.0.host', 'registry.host', 'database.host']) {
		const host = textAt(draft, path)?.replace(/:\d+$/u, '') ?? '';
		const rest = /^[a-z0-9-]+\.(.*[a-z][a-z0-9-]*)$/u.exec(host)?.[1];
		if (rest !== undefined) return rest;
	}
	return undefined;
};

const inDomain = (name: string, draft: Draft): string | undefined => {
	const rest = domain(draft);
	return rest === undefined ? undefined : `${name}.${rest}`;
};

const beside = (draft: Draft, path: string, name: (base: string) => string): string | undefined => {
	const file = textAt(draft, path);
	return file?.includes('/') ? `${posix.dirname(file)}/${name(posix.basename(file))}` : undefined;
};

/** A database server is called by what it is. */
const serverName = (draft: Draft, server: string): string =>
	textAt(draft, `${server}.engine`) === 'postgresql' ? 'postgres' : 'mysql';

const fixed: Readonly<Record<string, (draft: Draft) => string | undefined>> = {
	'registry.host': (draft) => inDomain('internal-registry', draft),
	'database.host': (draft) => inDomain(serverName(draft, 'database'), draft),
	'controlPlane.database.server.host': (draft) => inDomain(serverName(draft, 'controlPlane.database.server'), draft),
	'controlPlane.host': (draft) => inDomain('zenml-pro', draft),
	'tls.key': (draft) => beside(draft, 'tls.certificate', (base) => base.replace(/(\.[a-z]+)?$/u, '.key')),
	'tls.ca': (draft) => beside(draft, 'tls.certificate', () => 'ca.crt'),
};

/** What each name of a workspace would be; `number` is 1 for the first. Names as in the vendor's guide. */
const workspace: Readonly<Record<string, (number: number, draft: Draft) => string | undefined>> = {
	name: (number) => (number === 1 ? 'default' : `workspace-${number}`),
	host: (number, draft) => inDomain(number === 1 ? 'zenml-workspace' : `zenml-workspace-${number}`, draft),
	namespace: (number) => (number === 1 ? undefined : `zenml-workspace-${number}`),
	'database.name': (number) => (number === 1 ? undefined : `zenml_workspace_${number}`),
	'database.username': (number) => (number === 1 ? undefined : `zenml_workspace_${number}_user`),
};

/** The value that goes without saying at a path; `undefined` where there is none. */
export const defaultAt = (path: PathLike): DraftValue | undefined => {
	const node = nodeAt(path);
	return node?.kind === 'field' ? (node.default as DraftValue | undefined) : undefined;
};

/**
 * A likely answer made from the others, better than the default; `undefined` where there is none. A second workspace
 * gets names that no other workspace of the draft has.
 */
export const proposal = (draft: Draft, path: PathLike): string | undefined => {
	const [list, index, ...rest] = toPath(path);
	if (list !== 'workspaces' || typeof index !== 'number') return fixed[formatPath(path)]?.(draft);
	const key = formatPath(rest);
	const items = getAt(draft, 'workspaces');
	const count = Array.isArray(items) ? items.length : 0;
	const taken = new Set(
		Array.from({length: count}, (_, other) =>
			other === index ? undefined : textAt(draft, ['workspaces', other, ...rest]),
		),
	);
	if (key === 'host') taken.add(textAt(draft, 'controlPlane.host'));
	for (let number = index + 1; number <= index + count + 2; number++) {
		const name = workspace[key]?.(number, draft);
		if (name === undefined || !taken.has(name)) return name;
	}
	return undefined;
};

/**
 * What a form may show in place of an answer that was not given: a proposal made from the other answers, else the
 * default; `false` for an optional group; `undefined` where the operator alone can know.
 */
export const suggest = (draft: Draft, path: PathLike): DraftValue | undefined => {
	const node = nodeAt(path);
	return proposal(draft, path) ?? (node?.kind === 'group' && node.optional ? false : defaultAt(path));
};
