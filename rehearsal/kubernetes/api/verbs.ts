import {ApiError} from '../objects/errors.ts';
import {attributesOf, authorize} from './access.ts';
import {bodyOf, type Call, existing, formIn, optionsOf, patchTypeIn, send, sendObject, targetOf} from './call.ts';
import {formList, listOf} from './forms.ts';
import {pageOf, predicateOf, refuseBadVersion} from './lists.ts';
import {deleteOptions} from './options.ts';
import type {Verb} from './requests.ts';
import {serveWatch, watchOptions} from './watch.ts';

type Handler = (call: Call) => void | Promise<void>;

const get: Handler = (call) => sendObject(call, 200, existing(call));

const list: Handler = (call) => {
	const {api, info, query, wanted} = call;
	const {store} = api.operations;
	refuseBadVersion(query.get('resourceVersion') ?? '');
	const accepts = predicateOf(query, info, wanted.name);
	const objects = store.list(info.id, wanted.namespace).filter(accepts);
	const {items, metadata} = pageOf(objects, query, store.version());
	send(call, 200, formList(info, items, metadata, formIn(call)));
};

const watch: Handler = ({api, info, wanted, query, response}) => {
	const options = {...watchOptions(query), info, namespace: wanted.namespace};
	serveWatch(api.operations.store, response, {...options, accepts: predicateOf(query, info, wanted.name)}, api.signal);
};

const create: Handler = async (call) => {
	const {api, info, wanted} = call;
	if (info.namespaced && !wanted.namespace)
		throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
	const body = await bodyOf(call);
	sendObject(call, 201, api.operations.create(info, wanted.namespace, body, optionsOf(call)));
};

const update: Handler = async (call) => {
	const body = await bodyOf(call);
	sendObject(call, 200, call.api.operations.update(targetOf(call), body, optionsOf(call)));
};

const patch: Handler = async (call) => {
	const {api, info, user, wanted} = call;
	const {store} = api.operations;
	const type = patchTypeIn(call);
	const isApply = type === 'apply';
	// An apply that makes the object needs the right to create it as well (apiserver, patch.go: withAuthorization).
	if (isApply && !store.get(info.id, wanted.namespace, wanted.name))
		authorize(api.rights, user, {...attributesOf(wanted), verb: 'create'});
	const body = await bodyOf(call);
	const {object, created} = api.operations.patch(targetOf(call), {type, body}, optionsOf(call, isApply));
	sendObject(call, created ? 201 : 200, object);
};

const remove: Handler = async (call) => {
	const options = deleteOptions(call.query, await bodyOf(call), call.warn);
	sendObject(call, 200, call.api.operations.remove(targetOf(call), options));
};

const removeMany: Handler = async (call) => {
	const {api, info, query, wanted} = call;
	const {store, remove: removeOne} = api.operations;
	const chosen = store.list(info.id, wanted.namespace).filter(predicateOf(query, info, ''));
	const options = deleteOptions(query, await bodyOf(call), call.warn);
	for (const {metadata} of chosen) removeOne({info, namespace: metadata.namespace ?? '', name: metadata.name}, options);
	send(call, 200, listOf(info, chosen, {resourceVersion: String(store.version())}));
};

/** What is done for each verb on an object or a collection. */
export const verbs: Readonly<Record<Verb, Handler>> = {
	get,
	list,
	watch,
	create,
	update,
	patch,
	delete: remove,
	deletecollection: removeMany,
};
