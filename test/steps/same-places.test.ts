import {describe, expect, test} from 'vitest';
import {samePlaces} from '../../source/steps/prerequisites/same-places.ts';
import {carried, releaseOf} from './parts.ts';
import {answersOf, code, refusalOf, worldOf} from './world.ts';

const deployment = (release: string, chart: string) => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {
		name: release,
		namespace: 'zenml-workspace',
		labels: {'helm.sh/chart': chart},
		annotations: {'meta.helm.sh/release-name': release},
	},
});

type Live = {
	readonly url?: string;
	readonly external?: Readonly<Record<string, unknown>>;
	readonly deployments?: readonly ReturnType<typeof deployment>[];
};

/** A site whose workspace and control plane have these values. */
const site = ({url, external, deployments = []}: Live) =>
	worldOf({
		answers: answersOf((input) => ({
			...input,
			workspaces: [{name: 'default', host: 'zenml.corp.internal', database: {name: 'wanted'}}],
		})),
		bundle: carried(),
		cluster: {
			version: async () => 'v1.34.0',
			list: async ({namespace}) => (namespace === 'zenml-workspace' ? deployments : []),
		},
		helm: {
			release: async (name) => (url === undefined && external === undefined ? undefined : releaseOf({name})),
			values: async (name) =>
				name === 'zenml' ? {server: {database: {url}}} : {zenml: {database: {external: external ?? {}}}},
		},
	});

const own = {host: 'db.corp', port: 5432, database: 'zenml_pro'};

describe('what is installed', () => {
	test('stays as it is where the answers are those of before, or nothing is there', async () => {
		expect(await samePlaces.run(site({}))).toEqual({note: 'as they are', warnings: []});
		const same = {url: 'mysql://u:p@db.corp:5432/wanted', external: own};
		expect(await samePlaces.run(site(same))).toEqual({note: 'as they are', warnings: []});
	});

	test('with another database than before is told with both, and without any password', async () => {
		const {warnings} = await samePlaces.run(site({url: 'mysql://u:hunter2@db.corp:5432/before', external: own}));
		expect(warnings).toEqual([
			'The workspace default keeps its data in database before at db.corp:5432; the answers name wanted at db.corp:5432. Nothing is moved there: it comes up with what that database has, empty where it is new.',
		]);
	});

	test('is told for the control plane, and for another server', async () => {
		const external = {...own, host: 'old.corp'};
		const {warnings} = await samePlaces.run(site({url: 'mysql://u@db.corp:5432/wanted', external}));
		expect(warnings).toEqual([
			expect.stringMatching(
				/^The control plane keeps its data in database zenml_pro at old\.corp:5432; the answers name zenml_pro at db\.corp:5432\./u,
			),
		]);
	});

	test('under another name of its release is refused, as a second server would be made', async () => {
		const world = site({deployments: [deployment('zenml', 'zenml-0.95.1'), deployment('zz', 'zenml-0.95.1')]});
		expect(await refusalOf(samePlaces.run(world))).toMatchObject({
			code: code('release-under-other-name'),
			area: 'usage',
			message:
				'The workspace default is installed in namespace zenml-workspace as release zz; the answers call it zenml.',
			cause: 'A second server would be made beside it, on the same database and for the same host.',
			fix: 'Set workspaces.0.release to zz, or uninstall that release first.',
			answers: ['workspaces.0.release'],
		});
	});

	test('a release of another chart beside it is nothing to it', async () => {
		const world = site({deployments: [deployment('other', 'zenml-pro-0.13.18'), deployment('web', 'nginx-1.0.0')]});
		expect(await samePlaces.run(world)).toMatchObject({note: 'as they are'});
	});
});
