import {ProblemError} from '../base/problem.ts';
import type {Circumstances, Given, Problems, ProblemTable} from '../base/problem-table.ts';
import {oneLine} from '../base/text.ts';
import {namedByRegistry} from './problems/words.ts';
import {registryProblems} from './problems.ts';

/** The login of a pull: whether there is one, and where it comes from, or where none was found. */
export type LoginSource = {readonly given: boolean; readonly source: string};

/** What a host does for a registry that sent there. */
export type Role = 'token server' | 'uploads' | 'downloads';

/** What is known when a registry refuses. */
export type Context = {
	/** Host and port. */
	readonly registry: string;
	/** A verb phrase: `push zenml/api:1.0`. */
	readonly what: string;
	readonly repository?: string | undefined;
	/** Of a pull; where it is absent, it is about a push, whose login is in the answers. */
	readonly pull?: LoginSource | undefined;
	/** The address that was asked; that of the registry, over TLS, where nothing is said. */
	readonly at?: URL | undefined;
	/** Of the manifest that is put. */
	readonly mediaType?: string | undefined;
	/** Where the registry sent to another host: what for. */
	readonly role?: Role | undefined;
};

/** Whether a registry is pushed to or pulled from: some problems are told otherwise. */
export const directionOf = ({pull}: Context): 'push' | 'pull' => (pull === undefined ? 'push' : 'pull');

const subjectOf = ({registry, at, role}: Context): string => {
	if (role === undefined || at === undefined) return `The registry ${registry}`;
	if (role === 'token server') return `The token server ${at.host}, to which the registry ${registry} sends logins,`;
	return `The host ${at.host}, to which the registry ${registry} sends ${role},`;
};

/** The same in few words, behind what was tried. */
const peerOf = ({registry, at, role}: Context): string => {
	if (role === undefined || at === undefined) return `registry ${registry}`;
	if (role === 'token server') return `token server ${at.host} of registry ${registry}`;
	return `host ${at.host}, to which registry ${registry} sends ${role}`;
};

/** Host and port, as programs beside this one want it: `openssl s_client` knows no usual port. */
export const addressOf = (url: URL): string =>
	`${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`;

const placeOf = ({registry, at}: Context): URL | undefined => {
	if (at !== undefined) return at;
	return URL.canParse(`https://${registry}/`) ? new URL(`https://${registry}/`) : undefined;
};

/** The facts that every refusal has. */
const about = (context: Context) => {
	const {registry, what, repository} = context;
	const place = placeOf(context);
	return {
		registry,
		what,
		repository: repository ?? 'this registry',
		project: repository?.split('/')[0] ?? '',
		subject: subjectOf(context),
		peer: peerOf(context),
		/** Host and port of who was asked. */
		address: place === undefined ? registry : addressOf(place),
		/** The root of who was asked, `https://host`. */
		root: place === undefined ? `https://${registry}` : place.origin,
	};
};

/** The facts that words may name without being given them. */
export type About = ReturnType<typeof about>;

/** What must be given to refuse by that declaration, beyond the context. */
export type Told<Declared> =
	Given<Declared> extends infer Facts ? (Facts extends unknown ? Omit<Facts, keyof About> : never) : never;

/** Much of it was said by the registry. */
const cleaned = (facts: Readonly<Record<string, string | number>>): Readonly<Record<string, string | number>> =>
	Object.fromEntries(
		Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? oneLine(fact) : fact]),
	);

/** Makes refusals of registries out of a table. */
export const refuserOf =
	<Table extends ProblemTable>({problem}: Problems<Table>) =>
	/**
	 * A refusal in the words of the table. One of a pull names no answers: they are those of an install.
	 * @returns an error, to be thrown
	 */
	<Code extends keyof Table & string>(
		context: Context,
		code: Code,
		told: Told<Table[Code]>,
		more: Circumstances = {},
	): ProblemError => {
		const facts = cleaned({...about(context), ...told});
		const named = context.role === undefined ? [] : [namedByRegistry(String(facts.address))];
		const {answers, ...found} = problem(code, facts as never, {
			...more,
			evidence: more.evidence?.map(oneLine) ?? [],
			nextSteps: [...(more.nextSteps ?? []), ...named],
		});
		return new ProblemError(context.pull || !answers ? found : {...found, answers}, {
			...(more.error === undefined ? {} : {cause: more.error}),
			facts,
			retryAfterMs: more.retryAfterMs,
		});
	};

/** A refusal by the table of this room. */
export const refuse = refuserOf(registryProblems);
