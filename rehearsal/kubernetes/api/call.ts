import type {IncomingMessage, ServerResponse} from 'node:http';
import {notFound, type Status} from '../objects/errors.ts';
import type {AddedApi, KindInfo} from '../objects/kinds.ts';
import type {Logs} from '../objects/logs.ts';
import type {KubeObject} from '../objects/types.ts';
import type {Operations, PatchType, Target, WriteOptions} from '../writes/types.ts';
import type {Rights, User} from './access.ts';
import type {Authentication} from './authentication.ts';
import {type Form, formObject, formOf} from './forms.ts';
import {decodeBody, readBody, sendJson, warningHeaders} from './http.ts';
import {patchTypeOf, writeOptions} from './options.ts';
import type {ResourceRequest} from './requests.ts';

/** What all requests share. */
export type Api = {
	readonly operations: Operations;
	readonly logs: Logs;
	readonly rights: Rights;
	readonly authentication: Authentication;
	/** Kinds that were added to the cluster. */
	readonly added: readonly AddedApi[];
	/** Ends watches when the server stops. */
	readonly signal: AbortSignal;
};

/** One request on a resource, and what its handler works with. */
export type Call = {
	readonly api: Api;
	readonly user: User;
	readonly info: KindInfo;
	readonly wanted: ResourceRequest;
	readonly query: URLSearchParams;
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** Collects a warning for the answer. */
	readonly warn: (text: string) => void;
	readonly warnings: ReadonlySet<string>;
};

type Given = Pick<Call, 'api' | 'user' | 'info' | 'wanted' | 'query' | 'request' | 'response'>;

export const createCall = (given: Given): Call => {
	const warnings = new Set<string>();
	return {...given, warnings, warn: (text) => warnings.add(text)};
};

export const targetOf = ({info, wanted: {namespace, name}}: Call): Target => ({info, namespace, name});

/** The value in the body. */
export const bodyOf = async ({request}: Call): Promise<unknown> =>
	decodeBody(await readBody(request), request.headers['content-type'] ?? '');

/** The object that the URL names; refuses (404) one that is not there. */
export const existing = ({api, info, wanted: {namespace, name}}: Call): KubeObject => {
	const found = api.operations.store.get(info.id, namespace, name);
	if (!found) throw notFound(info, name);
	return found;
};

export const formIn = ({api, query, request}: Call): Form => ({
	as: formOf(request.headers.accept ?? ''),
	whole: query.get('includeObject') === 'Object',
	now: api.operations.now(),
});

/** Answer with JSON and the warnings that came up. */
export const send = ({response, warnings}: Call, code: number, value: unknown): void =>
	sendJson(response, code, value, warningHeaders([...warnings]));

/** Answer with an object, in the form that the client asked for. */
export const sendObject = (call: Call, code: number, object: KubeObject | Status): void => {
	const isStatus = object.kind === 'Status';
	send(call, code, isStatus ? object : formObject(call.info, object as KubeObject, formIn(call)));
};

export const patchTypeIn = ({request}: Call): PatchType => patchTypeOf(request.headers['content-type'] ?? '');

/** Who writes and how. */
export const optionsOf = ({query, request, warn}: Call, isApply = false, subresource?: string): WriteOptions =>
	writeOptions(
		query,
		{agent: request.headers['user-agent'] ?? 'unknown', isApply, ...(subresource ? {subresource} : {})},
		warn,
	);
