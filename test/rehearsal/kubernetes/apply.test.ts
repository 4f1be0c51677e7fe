import {expect, it} from 'vitest';
import {ApiError} from '../../../rehearsal/kubernetes/objects/errors.ts';
import {shapeOf} from '../../../rehearsal/kubernetes/objects/shapes.ts';
import type {KubeObject} from '../../../rehearsal/kubernetes/objects/types.ts';
import type {Dict} from '../../../rehearsal/kubernetes/objects/values.ts';
import {applyObject, recordUpdate} from '../../../rehearsal/kubernetes/patches/apply.ts';

const object = (spec: Dict, annotations?: Record<string, string>): KubeObject =>
	({
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: {name: 'web', ...(annotations ? {annotations} : {})},
		spec,
	}) as unknown as KubeObject;

const books = (manager: string, operation: 'Apply' | 'Update', force = false) => ({
	manager: {manager, operation, apiVersion: 'apps/v1'},
	force,
	shape: shapeOf('deployments.apps'),
	hasStatus: true,
	now: '2026-01-01T00:00:00Z',
});

const apply = (live: KubeObject | undefined, spec: Dict, manager: string, force = false): KubeObject =>
	applyObject(live, object(spec), books(manager, 'Apply', force));

const template = (containers: readonly Dict[]): Dict => ({template: {spec: {containers}}});

const failure = (action: () => unknown): ApiError => {
	try {
		action();
	} catch (error) {
		if (error instanceof ApiError) return error;
		throw error;
	}
	throw new Error('nothing was refused');
};

it('server-side apply writes down which fields the manager owns', () => {
	const made = apply(
		undefined,
		{replicas: 1, ...template([{name: 'a', image: 'x', env: [{name: 'E', value: '1'}]}])},
		'helm',
	);
	expect(made.metadata.managedFields).toEqual([
		{
			manager: 'helm',
			operation: 'Apply',
			apiVersion: 'apps/v1',
			time: '2026-01-01T00:00:00Z',
			fieldsType: 'FieldsV1',
			fieldsV1: {
				'f:spec': {
					'f:replicas': {},
					'f:template': {
						'f:spec': {
							'f:containers': {
								'k:{"name":"a"}': {
									'.': {},
									'f:env': {'k:{"name":"E"}': {'.': {}, 'f:name': {}, 'f:value': {}}},
									'f:image': {},
									'f:name': {},
								},
							},
						},
					},
				},
			},
		},
	]);
});

it('server-side apply names the manager and the path of a conflict, in the words of the real server', () => {
	const live = recordUpdate(undefined, object({replicas: 3}), books('kubectl-client-side-apply', 'Update'));
	const {status} = failure(() => apply(live, {replicas: 1}, 'helm'));
	expect(status.code).toBe(409);
	expect(status.reason).toBe('Conflict');
	expect(status.message).toBe(
		'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
	);
	expect(status.details).toEqual({
		causes: [
			{
				reason: 'FieldManagerConflict',
				message: 'conflict with "kubectl-client-side-apply" using apps/v1',
				field: '.spec.replicas',
			},
		],
	});
});

it('server-side apply lists many conflicts by manager', () => {
	const first = apply(undefined, {replicas: 1, ...template([{name: 'a', image: 'x'}])}, 'one');
	const live = apply(first, {paused: true}, 'two');
	const {status} = failure(() =>
		apply(live, {replicas: 2, paused: false, ...template([{name: 'a', image: 'y'}])}, 'three'),
	);
	expect(status.message).toBe(
		[
			'Apply failed with 3 conflicts: conflicts with "one":',
			'- .spec.replicas',
			'- .spec.template.spec.containers[name="a"].image',
			'conflicts with "two":',
			'- .spec.paused',
		].join('\n'),
	);
});

it('server-side apply takes the fields over when forced, and the other manager loses them', () => {
	const live = apply(undefined, {replicas: 1, paused: true}, 'one');
	const next = apply(live, {replicas: 2}, 'two', true);
	expect(next.spec).toEqual({replicas: 2, paused: true});
	const owners = Object.fromEntries(
		(next.metadata.managedFields ?? []).map((entry) => [entry.manager, entry.fieldsV1]),
	);
	expect(owners).toEqual({one: {'f:spec': {'f:paused': {}}}, two: {'f:spec': {'f:replicas': {}}}});
});

it('server-side apply shares a field on which both managers agree', () => {
	const next = apply(apply(undefined, {replicas: 1}, 'one'), {replicas: 1}, 'two');
	expect((next.metadata.managedFields ?? []).map((entry) => entry.manager)).toEqual(['one', 'two']);
});

it('server-side apply removes what the manager stops applying, and keeps what others own', () => {
	const containers = [
		{name: 'a', image: 'x'},
		{name: 'b', image: 'y'},
	];
	const first = apply(undefined, {replicas: 1, paused: true, ...template(containers)}, 'one');
	const shared = apply(first, {replicas: 1}, 'two');
	const next = apply(shared, template([{name: 'a', image: 'x'}]), 'one');
	expect(next.spec).toEqual({replicas: 1, ...template([{name: 'a', image: 'x'}])});
});

it('server-side apply replaces atomic values whole', () => {
	const live = apply(undefined, {selector: {matchLabels: {a: '1'}}}, 'one');
	expect(apply(live, {selector: {matchLabels: {b: '2'}}}, 'one').spec).toEqual({selector: {matchLabels: {b: '2'}}});
	const {status} = failure(() => apply(live, {selector: {matchLabels: {b: '2'}}}, 'two'));
	expect(status.message).toContain('.spec.selector');
});

it('server-side apply changes nothing when the same is applied again', () => {
	const live = apply(undefined, {replicas: 1}, 'one');
	expect(apply(live, {replicas: 1}, 'one')).toEqual(live);
});

it('server-side apply refuses an object that brings managedFields', () => {
	const applied = {...object({}), metadata: {...object({}).metadata, managedFields: []}};
	expect(() => applyObject(undefined, applied, books('one', 'Apply'))).toThrow('metadata.managedFields must be nil');
});

it('an update takes the fields that it changes from whoever applied them', () => {
	const live = apply(undefined, {replicas: 1, paused: true}, 'helm');
	const next = recordUpdate(live, {...live, spec: {replicas: 5, paused: true}}, books('kubectl-scale', 'Update'));
	const owners = Object.fromEntries(
		(next.metadata.managedFields ?? []).map((entry) => [entry.manager, entry.fieldsV1]),
	);
	expect(owners).toEqual({helm: {'f:spec': {'f:paused': {}}}, 'kubectl-scale': {'f:spec': {'f:replicas': {}}}});
});

it('an update leaves fields alone that it repeats unchanged', () => {
	const live = apply(undefined, {replicas: 1}, 'helm');
	expect(recordUpdate(live, live, books('other', 'Update'))).toEqual(live);
});
