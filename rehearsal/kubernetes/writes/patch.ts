import {badRequest, notFound} from '../objects/errors.ts';
import {type Shape, shapeOf} from '../objects/shapes.ts';
import type {KubeObject} from '../objects/types.ts';
import {copy, dict, dropNulls} from '../objects/values.ts';
import {applyObject} from '../patches/apply.ts';
import {applyJsonPatch, applyMergePatch} from '../patches/json.ts';
import {applyStrategicPatch} from '../patches/strategic.ts';
import {checkFields} from '../validation/unknown-fields.ts';
import {decode, refuseOtherName} from './decode.ts';
import {insert} from './insert.ts';
import {replace} from './replace.ts';
import type {Patch, PatchType, Target} from './types.ts';
import {booksOf, type Write} from './write.ts';

type Patched = {readonly object: KubeObject; readonly created: boolean};

/** The text of a Secret as the data that it becomes: an apply owns what is stored. */
const encodeStringData = (secret: KubeObject): void => {
	const plain = Object.entries(dict(secret.stringData));
	if (plain.length === 0) return;
	const encoded = plain.map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const);
	secret.data = {...dict(secret.data), ...Object.fromEntries(encoded)};
	delete secret.stringData;
};

/** A server-side apply, which makes the object when it is not there. */
export const applyTo = (write: Write, {info, namespace, name}: Target, body: unknown): Patched => {
	checkFields(info, body, write.options);
	const {apiVersion, kind} = dict(body);
	if (!kind) throw badRequest(`invalid object type: ${apiVersion ? String(apiVersion) : '/'}, Kind=`);
	const applied = decode(info, namespace, body);
	applied.metadata.name ??= name;
	refuseOtherName(applied, name);
	dropNulls(applied);
	if (info.id === 'secrets') encodeStringData(applied);
	const live = write.store.get(info.id, namespace, name);
	if (!live && write.options.subresource) throw notFound(info, name);
	const merged = copy(applyObject(live, applied, booksOf(write)));
	return live ? {object: replace(write, live, merged), created: false} : {object: insert(write, merged), created: true};
};

const patchers: Readonly<
	Record<Exclude<PatchType, 'apply'>, (live: KubeObject, patch: unknown, shape: Shape) => unknown>
> = {json: applyJsonPatch, merge: applyMergePatch, strategic: applyStrategicPatch};

/** Did the client send books of ownership with its patch? A JSON patch works on the live ones. */
const bringsBooks = ({type, body}: Patch): boolean =>
	type === 'json' || dict(dict(body).metadata).managedFields !== undefined;

/** A patch of an object that is there. */
export const patchIn = (
	write: Write,
	{info, namespace, name}: Target,
	patch: Patch & {readonly type: Exclude<PatchType, 'apply'>},
): Patched => {
	const live = write.store.get(info.id, namespace, name);
	if (!live) throw notFound(info, name);
	const next = patchers[patch.type](live, patch.body, shapeOf(info.id));
	checkFields(info, next, write.options);
	const object = decode(info, namespace, next);
	if (!bringsBooks(patch) && live.metadata.managedFields) object.metadata.managedFields = live.metadata.managedFields;
	return {object: replace(write, live, object), created: false};
};
