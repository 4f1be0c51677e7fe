import {expect, test} from 'vitest';
import {type Attributes, isAllowed, type User} from '../../../rehearsal/kubernetes/api/access.ts';
import {createAuthentication} from '../../../rehearsal/kubernetes/api/authentication.ts';
import {createStore} from '../../../rehearsal/kubernetes/objects/store.ts';
import type {KubeObject} from '../../../rehearsal/kubernetes/objects/types.ts';

const rbac = 'rbac.authorization.k8s.io';
const object = (namespace: string, name: string, more: object): KubeObject =>
	({
		apiVersion: `${rbac}/v1`,
		kind: 'Any',
		metadata: {name, namespace, uid: name, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z'},
		...more,
	}) as KubeObject;

const store = createStore();
const rules = [
	{verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['login']},
	{verbs: ['*'], apiGroups: ['apps'], resources: ['*/scale']},
];
store.put(`roles.${rbac}`, object('default', 'reader', {rules}));
store.put(
	`clusterroles.${rbac}`,
	object('', 'lister', {rules: [{verbs: ['list'], apiGroups: ['*'], resources: ['*']}]}),
);
const subjects = [
	{kind: 'User', name: 'anna'},
	{kind: 'ServiceAccount', namespace: 'default', name: 'robot'},
];
store.put(`rolebindings.${rbac}`, object('default', 'b', {subjects, roleRef: {kind: 'Role', name: 'reader'}}));
const group = [{kind: 'Group', name: 'auditors'}];
store.put(
	`clusterrolebindings.${rbac}`,
	object('', 'c', {subjects: group, roleRef: {kind: 'ClusterRole', name: 'lister'}}),
);
store.put(
	`clusterrolebindings.${rbac}`,
	object('', 'd', {subjects: group, roleRef: {kind: 'ClusterRole', name: 'gone'}}),
);

const anna: User = {username: 'anna', groups: []};
const robot: User = {username: 'system:serviceaccount:default:robot', groups: []};
const auditor: User = {username: 'otto', groups: ['auditors']};
const login: Attributes = {verb: 'get', group: '', resource: 'secrets', namespace: 'default', name: 'login'};
const scale: Attributes = {
	verb: 'patch',
	group: 'apps',
	resource: 'deployments/scale',
	namespace: 'default',
	name: 'd',
};

test.each([
	['a user reads the object that is named', anna, login, true],
	['a service account does as well', robot, login, true],
	['another object of that kind is not read', anna, {...login, name: 'other'}, false],
	['another namespace is not read', anna, {...login, namespace: 'other'}, false],
	['a subresource of every kind is allowed', anna, scale, true],
	['the kind itself is not', anna, {...scale, resource: 'deployments'}, false],
	['a group lists in the whole cluster', auditor, {...login, verb: 'list', namespace: '', name: ''}, true],
	['a group does not do more', auditor, login, false],
	['nobody does anything', {username: 'nobody', groups: []}, login, false],
] as const)('%s', (...[, user, attributes, allowed]) => {
	expect(isAllowed({store, deny: () => []}, user, attributes)).toBe(allowed);
});

const master: User = {username: 'root', groups: ['system:masters']};

test.each([
	['everything', {verb: '*', resource: '*'}, false],
	['one verb', {verb: 'get', resource: 'secrets', group: ''}, false],
	['another group', {verb: 'get', resource: 'secrets', group: 'apps'}, true],
	['another namespace', {verb: 'get', resource: 'secrets', namespace: 'other'}, true],
])('an administrator from whom %s was taken', (_, denial, allowed) => {
	expect(isAllowed({store, deny: () => [denial]}, master, login)).toBe(allowed);
});

const {userOf, issueToken} = createAuthentication('admin-token', {});
const asAdmin = {authorization: 'Bearer admin-token'};

test('an administrator may be taken for an account, or for a user with groups; nobody else may', () => {
	const robotUser = {...asAdmin, 'impersonate-user': robot.username};
	expect(userOf(robotUser)).toMatchObject({
		username: robot.username,
		groups: expect.arrayContaining(['system:serviceaccounts:default']),
	});
	expect(userOf({...asAdmin, 'impersonate-user': 'otto', 'impersonate-group': 'auditors, guests'})).toEqual({
		username: 'otto',
		groups: ['auditors', 'guests', 'system:authenticated'],
	});
	const own = {authorization: `Bearer ${issueToken('default', 'robot')}`, 'impersonate-user': 'otto'};
	expect(userOf(own).username).toBe(robot.username);
	expect(() => userOf({})).toThrow('Unauthorized');
});
