import {allFields} from '../../../answers/fields.ts';
import {docsTexts} from '../../../docs/texts.ts';
import {topicsOf} from '../../../docs/topics.ts';
import {namesToExplain} from '../../explain/explain.ts';
import type {Lists} from './table.ts';

/** What can be named after `--set`, `docs` and `explain`. Of a list in the answers its first entry stands for all. */
export const completionLists = async (): Promise<Lists> => ({
	answers: allFields.map(({path}) => path.join('.').replaceAll('*', '0')),
	topics: topicsOf(await docsTexts()).map(({name}) => name),
	names: namesToExplain().map((name) => name.replaceAll('*', '0')),
});
