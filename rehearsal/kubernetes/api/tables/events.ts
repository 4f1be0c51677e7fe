import type {KubeObject} from '../../objects/types.ts';
import {dict, text, textAt} from '../../objects/values.ts';
import {age} from './age.ts';
import {at, type Column, named, wide, words} from './column.ts';

const firstSeen = ({firstTimestamp, eventTime}: KubeObject): unknown => firstTimestamp ?? eventTime;

const lastSeen = (event: KubeObject): unknown =>
	dict(event.series).lastObservedTime ?? event.lastTimestamp ?? firstSeen(event);

const aboutWhat = ({involvedObject}: KubeObject): string =>
	`${textAt(involvedObject, 'kind').toLowerCase()}/${textAt(involvedObject, 'name')}`;

const from = ({source, reportingComponent, reportingInstance}: KubeObject): string => {
	const component = textAt(source, 'component') || text(reportingComponent);
	const host = textAt(source, 'host') || text(reportingInstance);
	return [component, host].filter(Boolean).join(', ');
};

/** Columns of events, which are the one kind that does not begin with its name. */
export const eventColumns: readonly Column[] = [
	words('Last Seen', (event, now) => age(lastSeen(event), now)),
	words('Type', at('type', '')),
	words('Reason', at('reason', '')),
	words('Object', aboutWhat),
	wide(words('Subobject', at('involvedObject.fieldPath', ''))),
	wide(words('Source', from)),
	words('Message', ({message}) => String(message).trim()),
	wide(words('First Seen', (event, now) => age(firstSeen(event), now))),
	wide({...words('Count', ({series, count}) => dict(series).count ?? count ?? 1), type: 'integer'}),
	wide(named),
];
