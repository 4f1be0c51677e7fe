import {checkAnswers} from '../check.ts';
import type {ComponentPath} from '../component-path.ts';
import type {ServerPath} from '../database-server.ts';
import type {Answers} from '../schema.ts';
import {type Draft, formatPath, getAt} from '../tree.ts';

/** A login that the answers give and a server can be asked about; `password` is the answer that its password stands in. */
export type Login =
	| {readonly kind: 'registry'; readonly password: string}
	| {readonly kind: 'database admin'; readonly password: string; readonly server: ServerPath}
	| {readonly kind: 'database role'; readonly password: string; readonly component: ComponentPath};

const adminAnswer = /^((?:.+\.)?database(?:\.server)?)\.admin\.(?:username|password)$/u;
const roleAnswer = /^(controlPlane|workspaces\.\d+)\.database\.(?:username|password)$/u;

/** True for a password that is not made by this tool: that of a login which somebody else made. */
const isGiven = (draft: Draft, password: string): boolean => {
	const reference = getAt(draft, password);
	return reference !== undefined && reference !== 'generate';
};

/** The login that an answer is a part of, name or password; undefined where it is of none, or of one that is still to be made. */
export const loginAt = (draft: Draft, answer: string): Login | undefined => {
	if (/^registry\.(?:username|password)$/u.test(answer)) return {kind: 'registry', password: 'registry.password'};
	const server = adminAnswer.exec(answer)?.[1];
	if (server !== undefined)
		return {kind: 'database admin', password: `${server}.admin.password`, server: server as ServerPath};
	const component = roleAnswer.exec(answer)?.[1];
	const password = `${component}.database.password`;
	if (component === undefined || !isGiven(draft, password)) return undefined;
	return {kind: 'database role', password, component: component as ComponentPath};
};

const serverOf = (draft: Draft, component: ComponentPath): ServerPath =>
	getAt(draft, `${component}.database.server`) === undefined ? 'database' : `${component}.database.server`;

/** Certificates of a server without a CA of its own are checked against that of all host names. */
const placesOfServer = (draft: Draft, server: ServerPath): readonly string[] =>
	getAt(draft, `${server}.ca`) === undefined ? [server, 'tls.ca'] : [server];

/** The parts of the answers that a login is tried with. */
const placesOf = (draft: Draft, login: Login): readonly string[] => {
	switch (login.kind) {
		case 'registry':
			return ['registry'];
		case 'database admin':
			return placesOfServer(draft, login.server);
		case 'database role':
			return [`${login.component}.database`, ...placesOfServer(draft, serverOf(draft, login.component))];
	}
};

/** True where two drafts give all that a login is tried with in the same way; what was typed for `prompt` they cannot tell. */
export const isSameLogin = (one: Draft, other: Draft, login: Login): boolean =>
	one === other ||
	JSON.stringify(placesOf(one, login).map((at) => [at, getAt(one, at)])) ===
		JSON.stringify(placesOf(other, login).map((at) => [at, getAt(other, at)]));

const isWithin = (path: string, place: string): boolean => path === place || path.startsWith(`${place}.`);

/** The answers to try a login with. */
export type LoginAnswers = {
	/** Outside of what belongs to the login a stand-in holds the place of what is missing or wrong (check.ts): nothing else may be asked of them. */
	readonly answers: Answers;
	/** Answers that the login needs and that are missing or not valid. */
	readonly lacking: readonly string[];
	/** Is the answer at this path as the operator, or a default, has it? */
	readonly isValid: (path: string) => boolean;
};

/** The answers that a login is tried with, of a draft that may be unfinished. */
export const answersForLogin = (draft: Draft, login: Login): LoginAnswers => {
	const {usable, issues} = checkAnswers(draft);
	const bad = [...new Set(issues.map(({path}) => formatPath(path)))];
	const places = placesOf(draft, login);
	const isOfAdmin = (path: string): boolean => login.kind === 'database role' && /\.admin(?:\.|$)/u.test(path);
	return {
		answers: usable as unknown as Answers,
		lacking: bad.filter((path) => places.some((place) => isWithin(path, place)) && !isOfAdmin(path)),
		isValid: (path) => !bad.includes(path),
	};
};
