import {type Draft, getAt} from '../answers/draft.ts';
import {allFields} from '../answers/fields.ts';

/** Places of all secrets in a draft, lists counted out. */
export const secretPlaces = (draft: Draft): readonly string[] =>
	allFields
		.filter(({type}) => type === 'secret')
		.flatMap(({path: keys}) =>
			keys.reduce<readonly string[]>(
				(places, key) =>
					places.flatMap((at) => {
						if (key !== '*') return [at === '' ? key : `${at}.${key}`];
						const list = getAt(draft, at);
						return Array.isArray(list) ? list.map((_one, index) => `${at}.${index}`) : [];
					}),
				[''],
			),
		);
