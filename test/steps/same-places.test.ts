import {describe, expect, test} from 'vitest';
import {ProblemError, problem, toProblem} from '../../source/base/problem.ts';
import {samePlaces} from '../../source/steps/prerequisites/same-places.ts';
import {explainedRefusal} from '../../source/steps/shared/administrator.ts';
import {carried, refusal, releaseOf} from './parts.ts';
import {answersOf, code, type Given, refusalOf, worldOf} from './world.ts';

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

	const stored = (release: string, namespace: string) => ({
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {name: `sh.helm.release.v1.${release}.v1`, namespace},
	});

	/** Nothing in the namespaces of the answers; a release of the workspace's name in `before`, for this host. */
	const elsewhere = (host: string, list?: () => never) => {
		const asked: unknown[] = [];
		const world = worldOf({
			bundle: carried(),
			cluster: {
				version: async () => 'v1.34.0',
				list: async (of) => {
					if (of.kind !== 'Secret') return [];
					asked.push(of);
					if (list) return list();
					return of.labelSelector?.includes('name=zenml,') ? [stored('zenml', 'before')] : [];
				},
			},
			helm: {
				release: async () => undefined,
				values: async (_name, namespace) =>
					namespace === 'before' ? {server: {serverURL: `https://${host}:8443`}} : undefined,
			},
		});
		return {world, asked};
	};

	test('in another namespace is refused before the first change, with both', async () => {
		const {world, asked} = elsewhere('zenml.corp.internal');
		expect(await refusalOf(samePlaces.run(world))).toMatchObject({
			code: code('release-in-other-namespace'),
			area: 'usage',
			message:
				'The workspace default is installed in namespace before as release zenml; the answers name namespace zenml-workspace.',
			cause: 'A second server would be made there, for the same host, and nothing is moved between namespaces.',
			fix: 'Set workspaces.0.namespace to before.',
			answers: ['workspaces.0.namespace'],
		});
		expect(asked).toContainEqual({
			apiVersion: 'v1',
			kind: 'Secret',
			labelSelector: 'owner=helm,name=zenml,status!=superseded',
		});
	});

	test('of another install under the same name is nothing to it, nor is what may not be listed', async () => {
		expect(await samePlaces.run(elsewhere('other.corp.internal').world)).toMatchObject({note: 'as they are'});
		const forbidden = () => {
			throw refusal('kubernetes-forbidden');
		};
		const {world} = elsewhere('zenml.corp.internal', forbidden);
		expect(await samePlaces.run(world)).toMatchObject({note: 'as they are'});
	});

	const madeWith = (adminUsername: string) => ({
		release: async (name: string) => (name === 'zenml-pro' ? releaseOf({name}) : undefined),
		values: async () => ({zenml: {auth: {password: {enabled: true, adminUsername, adminPassword: 'hunter2'}}}}),
	});
	const renamed = {
		code: code('administrator-renamed'),
		area: 'usage',
		message: 'The administrator of the control plane is "root"; the answers call it "admin".',
		cause:
			'The installed control plane was made with that administrator, and a name in the answers does not rename it.',
		fix: 'Set controlPlane.admin.username to root; name further administrators in organization.users, as superuser.',
		answers: ['controlPlane.admin.username'],
	};

	test('with an administrator of another name is refused, before the first change and at a login', async () => {
		const cluster = {version: async () => 'v1.34.0', list: async () => []};
		const refused = await refusalOf(samePlaces.run(worldOf({bundle: carried(), cluster, helm: madeWith('root')})));
		expect(refused).toMatchObject(renamed);
		expect(JSON.stringify(refused)).not.toContain('hunter2');
		expect(await samePlaces.run(worldOf({bundle: carried(), cluster, helm: madeWith('admin')}))).toMatchObject({
			note: 'as they are',
		});

		const login = new ProblemError(
			problem({code: 'zenml-login-refused', area: 'verification', message: 'No.', cause: 'So.', fix: 'Mend.'}),
		);
		const told = async (helm: NonNullable<Given['helm']>) => toProblem(await explainedRefusal(worldOf({helm}), login));
		expect(await told(madeWith('root'))).toMatchObject(renamed);
		expect(await told(madeWith('admin'))).toMatchObject({code: 'zenml-login-refused'});
		// A helm that does not answer hides nothing.
		expect(await told({})).toMatchObject({code: 'zenml-login-refused'});
	});

	test('a release of another chart beside it is nothing to it', async () => {
		const world = site({deployments: [deployment('other', 'zenml-pro-0.13.18'), deployment('web', 'nginx-1.0.0')]});
		expect(await samePlaces.run(world)).toMatchObject({note: 'as they are'});
	});
});
