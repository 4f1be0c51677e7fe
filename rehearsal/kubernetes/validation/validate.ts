import {invalid} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import type {KubeObject} from '../objects/types.ts';
import {changeCauses, finalizerCauses} from './changes.ts';
import {kindRules} from './kinds.ts';
import {labelCauses, nameCauses} from './names.ts';

/**
 * Refuse (422) an object whose name, required fields or unchangeable fields are wrong, worded like the real server.
 * @param before the object that it replaces
 */
export const validateObject = (info: KindInfo, object: KubeObject, before?: KubeObject): void => {
	const {name} = object.metadata;
	const causes = [
		...(before ? [] : nameCauses(info, name)),
		...labelCauses(object),
		...(before ? finalizerCauses(before, object) : []),
		...(kindRules[info.id]?.(object) ?? []),
		...(before ? changeCauses(info.id, before, object) : []),
	];
	if (causes.length > 0) throw invalid(info, name, causes);
};
