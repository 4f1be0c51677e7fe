import {notFound} from '../objects/errors.ts';
import type {Store} from '../objects/store.ts';
import {checkFields} from '../validation/unknown-fields.ts';
import {decode, refuseOtherName} from './decode.ts';
import {insert} from './insert.ts';
import {applyTo, patchIn} from './patch.ts';
import {remove} from './removal.ts';
import {replace} from './replace.ts';
import type {Operations} from './types.ts';

/** The writes on a store. @param now the clock of the cluster */
export const createOperations = (store: Store, now: () => Date): Operations => ({
	store,
	now,
	create: (info, namespace, body, options) => {
		checkFields(info, body, options);
		return insert({store, now, info, options, operation: 'Update'}, decode(info, namespace, body));
	},
	update: ({info, namespace, name}, body, options) => {
		checkFields(info, body, options);
		const object = decode(info, namespace, body);
		refuseOtherName(object, name);
		const live = store.get(info.id, namespace, name);
		if (!live) throw notFound(info, name);
		return replace({store, now, info, options, operation: 'Update'}, live, object);
	},
	patch: (target, {type, body}, options) => {
		const write = {store, now, info: target.info, options};
		return type === 'apply'
			? applyTo({...write, operation: 'Apply'}, target, body)
			: patchIn({...write, operation: 'Update'}, target, {type, body});
	},
	remove: (target, options) => remove({store, now}, target, options),
});
