import {expect, test} from 'vitest';
import {referenceForms} from '../../source/answers/secret/reference-forms.ts';

test.each([
	'registry.password',
	'database.admin.password',
	'controlPlane.database.server.admin.password',
	'workspaces.1.database.server.admin.password',
])('the login of %s exists, so it is not offered to be generated', (path) => {
	expect(referenceForms(path)).toBe('env:NAME, file:PATH, k8s:namespace/name/key');
});

test.each(['controlPlane.admin.password', 'workspaces.0.database.password', 'organization.users.0.password'])(
	'%s may be generated',
	(path) => {
		expect(referenceForms(path)).toBe('env:NAME, file:PATH, k8s:namespace/name/key, generate');
	},
);
