import {ApiError} from '../objects/errors.ts';
import {apiVersionOf, isVirtual, kindByPath} from '../objects/kinds.ts';
import {dict} from '../objects/values.ts';
import {attributesOf, authorize} from './access.ts';
import {bodyOf, type Call, createCall, send} from './call.ts';
import type {ResourceRequest} from './requests.ts';
import {review} from './review.ts';
import {subresources} from './subresources.ts';
import {verbs} from './verbs.ts';

const noResource = (): ApiError =>
	new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

/** Asking about oneself is open to every user that is logged in. */
const isAboutSelf = ({plural}: ResourceRequest): boolean => plural.startsWith('selfsubject');

/** A Route for a host, or with a certificate, of the user's own needs a right of its own (OpenShift, `routes/custom-host`). */
const isOwnHost = (id: string, verb: string): boolean =>
	id === 'routes.route.openshift.io' && ['create', 'update', 'patch'].includes(verb);
const customHost = (verb: string) => ({
	verb: verb === 'create' ? 'create' : 'update',
	resource: 'routes/custom-host',
});

const serveReview = async (call: Call): Promise<void> => {
	const {api, info, user} = call;
	const body = dict(await bodyOf(call));
	const answered = review(api.rights, user, {...body, apiVersion: apiVersionOf(info), kind: info.kind});
	send(call, 201, {...answered, metadata: dict(body.metadata)});
};

/** Answer a request on a resource; throws an ApiError for every refusal. */
export const serveResource = async (given: Omit<Parameters<typeof createCall>[0], 'info'>): Promise<void> => {
	const {api, user, wanted} = given;
	if (!isAboutSelf(wanted)) authorize(api.rights, user, attributesOf(wanted));
	const {group, version, plural, subresource, verb} = wanted;
	const info = kindByPath(group, version, plural);
	if (!info || (info.added && !api.added.includes(info.added))) throw noResource();
	if (isOwnHost(info.id, verb)) authorize(api.rights, user, {...attributesOf(wanted), ...customHost(verb)});
	const call = createCall({...given, info});
	if (subresource) {
		const serve = info.subresources.includes(subresource) ? subresources[subresource] : undefined;
		if (!serve) throw noResource();
		return serve(call);
	}
	if (!info.verbs.includes(verb))
		throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
	return isVirtual(info) ? serveReview(call) : verbs[verb](call);
};
