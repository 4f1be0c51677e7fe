import {type Draft, getAt, removeAt, setAt} from '../../answers/draft.ts';

/** Where control plane and workspaces stand in answers that may be unfinished. */
export const componentPlaces = (draft: Draft): readonly string[] => {
	const workspaces = getAt(draft, 'workspaces');
	return ['controlPlane', ...(Array.isArray(workspaces) ? workspaces.map((_one, index) => `workspaces.${index}`) : [])];
};

/** Where the components' own database servers stand. */
export const ownServersIn = (draft: Draft): readonly string[] =>
	componentPlaces(draft).map((at) => `${at}.database.server`);

const at = 'controlPlane.database.server';

/** The engine that the operator's answers give to the control plane; undefined where they do not speak of it. */
const engineIn = (own: Draft): unknown => {
	const server = [at, 'database'].find((place) => getAt(own, place) !== undefined);
	// MySQL is the default of both.
	return server === undefined ? undefined : (getAt(own, `${server}.engine`) ?? 'mysql');
};

const shared = ['host', 'port', 'admin'] as const;

/**
 * The world's answers with the control plane on the engine that the operator's answers give to it: on the MySQL of the world, as a
 * server of its own where theirs is one, or on the PostgreSQL beside it.
 */
export const withEngineOf = (own: Draft, world: Draft): Draft => {
	if (engineIn(own) !== 'mysql') return world;
	if (getAt(own, at) === undefined) return removeAt(world, at);
	const mysql = {engine: 'mysql', ...Object.fromEntries(shared.map((key) => [key, getAt(world, `database.${key}`)]))};
	return setAt(world, at, mysql);
};

/** Answers that are no address, login or certificate, and that the world decides all the same. */
const settings = ['registry.plainHttp', 'ingress.className', 'database.engine', 'database.tls'] as const;

/** A line for each setting of the operator's that the rehearsal replaces. */
export const replacedSettings = (own: Draft, moved: Draft): readonly string[] => {
	const servers = ownServersIn(own).filter((server) => getAt(own, server) !== undefined);
	const places = [...settings, ...servers.flatMap((server) => [`${server}.engine`, `${server}.tls`])];
	const gone = servers.filter((server) => getAt(moved, server) === undefined);
	const changed = places
		.filter((place) => !gone.some((server) => place.startsWith(`${server}.`)))
		.filter((place) => getAt(own, place) !== undefined && getAt(own, place) !== getAt(moved, place))
		.map((place) => {
			const there = getAt(moved, place);
			return `${place}: ${String(getAt(own, place))} is not played; ${there === undefined ? 'the default' : String(there)} stands in`;
		});
	return [...gone.map((server) => `${server}: the server of the answer database stands in`), ...changed];
};
