import {badRequest} from '../objects/errors.ts';
import type {Pod} from '../objects/types.ts';
import {dict} from '../objects/values.ts';
import {bodyOf, type Call, existing, optionsOf, patchTypeIn, send, sendObject, targetOf} from './call.ts';
import {readLog} from './log.ts';
import {patchScale, scaleOf} from './scale.ts';

type Handler = (call: Call) => void | Promise<void>;

const tokenLife = 3_600_000;

const refuseVerb = ({info, wanted}: Call): Error =>
	badRequest(`the server does not allow ${wanted.verb} on ${info.plural}/${wanted.subresource}`);

const log: Handler = (call) => {
	const text = readLog(call.api.logs, existing(call) as Pod, call.query);
	call.response.writeHead(200, {'content-type': 'text/plain'}).end(text);
};

const token: Handler = async (call) => {
	const {api, wanted} = call;
	const {namespace = '', name} = existing(call).metadata;
	const {spec = {}} = dict(await bodyOf(call));
	if (wanted.verb !== 'create') throw refuseVerb(call);
	send(call, 201, {
		kind: 'TokenRequest',
		apiVersion: 'authentication.k8s.io/v1',
		metadata: {name, namespace},
		spec,
		status: {
			token: api.authentication.issueToken(namespace, name),
			expirationTimestamp: new Date(api.operations.now().getTime() + tokenLife).toISOString(),
		},
	});
};

const scale: Handler = async (call) => {
	const {api, info, wanted} = call;
	const live = existing(call);
	if (wanted.verb === 'get') return send(call, 200, scaleOf(live));
	if (wanted.verb !== 'patch' || patchTypeIn(call) !== 'merge') throw refuseVerb(call);
	const patch = await bodyOf(call);
	send(call, 200, patchScale({operations: api.operations, info, live, options: optionsOf(call)}, patch));
};

const status: Handler = async (call) => {
	const {operations} = call.api;
	const live = existing(call);
	switch (call.wanted.verb) {
		case 'get':
			return sendObject(call, 200, live);
		case 'patch': {
			const type = patchTypeIn(call);
			const body = await bodyOf(call);
			const options = optionsOf(call, type === 'apply', 'status');
			return sendObject(call, 200, operations.patch(targetOf(call), {type, body}, options).object);
		}
		case 'update': {
			const body = await bodyOf(call);
			return sendObject(call, 200, operations.update(targetOf(call), body, optionsOf(call, false, 'status')));
		}
		default:
			throw refuseVerb(call);
	}
};

/** What is done for each subresource. */
export const subresources: Readonly<Record<string, Handler>> = {log, token, scale, status};
