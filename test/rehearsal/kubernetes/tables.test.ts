import {expect, test} from 'vitest';
import {toTable} from '../../../rehearsal/kubernetes/api/tables.ts';
import type {KubeObject} from '../../../rehearsal/kubernetes/objects/types.ts';

const now = new Date('2026-01-10T00:00:00Z');
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const cells = (id: string, seconds: number): unknown => {
	const creationTimestamp = new Date(now.getTime() - seconds * 1000).toISOString();
	const object = {kind: 'ConfigMap', metadata: {name: 'm', creationTimestamp}, data: {a: '1'}} as unknown as KubeObject;
	const [row] = toTable(id, [object], {}, {now, whole: false}).rows as {cells: unknown}[];
	return row?.cells;
};

// What the real server prints (apimachinery, duration.HumanDuration).
test.each([
	[119, '119s'],
	[2 * minute, '2m'],
	[9 * minute + 5, '9m5s'],
	[10 * minute + 5, '10m'],
	[3 * hour, '3h'],
	[7 * hour + 5 * minute, '7h5m'],
	[47 * hour, '47h'],
	[3 * day + hour, '3d1h'],
	[8 * day + hour, '8d'],
])('an object that was made %i seconds ago is %s old', (seconds, age) => {
	expect(cells('secrets', seconds)).toEqual(['m', age]);
	expect(cells('configmaps', seconds)).toEqual(['m', 1, age]);
});
