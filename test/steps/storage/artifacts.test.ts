import {describe, expect, test} from 'vitest';
import {artifactsStep} from '../../../source/steps/artifacts/index.ts';
import {storage as ahead} from '../../../source/steps/prerequisites/storage.ts';
import {accessesNeeded} from '../../../source/steps/shared/accesses.ts';
import {refusal} from '../parts.ts';
import {answersOf, changesOf, code, linesOf, look, refusalOf, worldOf} from '../world.ts';
import {storages, withStorage} from './answers.ts';
import {converge, stage} from './stage.ts';

describe('storage for artifacts', () => {
	test('is a step only where it is asked for', () => {
		expect(artifactsStep.when?.(answersOf())).toBe(false);
		expect(artifactsStep.when?.(withStorage(storages.nfs))).toBe(true);
	});

	test('in a bucket gets its keys into a Secret, is tried once, and never again by a run', async () => {
		const {world, asked, objects} = stage();
		const {before, after} = await converge(world);
		expect(changesOf(before)).toEqual([
			'create Secret zenml-workspace/zenml-artifacts',
			'run a pod that writes, reads and removes a file (bucket zenml/a at https://s3.corp:9000)',
		]);
		expect(after).toEqual({status: 'ok', note: 'bucket zenml/a at https://s3.corp:9000'});
		expect(asked).toHaveLength(1);
		const {data} = objects.get('Secret zenml-workspace/zenml-artifacts') as {data?: Record<string, string>};
		const plain = Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
		expect(Object.fromEntries(plain)).toEqual({
			accessKey: 'behind env:ACCESS',
			secretKey: 'behind env:SECRET',
			'ca.crt': 'text of /pki/ca.crt',
		});
		expect(await look(artifactsStep, world)).toMatchObject({status: 'ok'});
		expect(asked).toHaveLength(1);
	});

	test('is tried anew where all is verified, and says what it finds then', async () => {
		const {world, asked} = stage();
		await converge(world);
		expect(await look(artifactsStep, {...world, pass: 'verify'})).toMatchObject({status: 'ok'});
		expect(asked).toHaveLength(2);
	});

	test('gives no key to the pod but by its Secret, and tells it where that lies', async () => {
		const {world, asked} = stage();
		await converge(world);
		expect(asked[0]).toMatchObject({
			namespace: 'zenml-workspace',
			secretVolume: {secret: 'zenml-artifacts', path: '/run/zenml-airgap/storage'},
		});
		expect(JSON.stringify([asked[0]?.env, world.told])).not.toContain('behind env:');
		expect(JSON.parse(asked[0]?.env.PROBE_ARGS ?? '')).toEqual({
			...{endpoint: 'https://s3.corp:9000', bucket: 'zenml', prefix: 'a', region: 'us-east-1', pathStyle: true},
			files: {
				accessKey: '/run/zenml-airgap/storage/accessKey',
				secretKey: '/run/zenml-airgap/storage/secretKey',
				ca: '/run/zenml-airgap/storage/ca.crt',
			},
		});
	});

	test('that a pod cannot use is refused, and is tried again by the next run', async () => {
		const {world, asked} = stage({
			error: 'Access Denied.',
			kind: 'answer',
			code: 'AccessDenied',
			status: 403,
			deed: 'write',
		});
		const problem = await refusalOf(artifactsStep.apply?.(world) ?? Promise.resolve());
		expect(problem).toMatchObject({code: code('storage-unusable'), area: 'cluster'});
		expect(changesOf(await look(artifactsStep, world))).toHaveLength(2);
		expect(asked).toHaveLength(1);
	});

	test('whose settings changed is tried again', async () => {
		const first = stage();
		await converge(first.world);
		const other = withStorage({...storages.s3, s3: {...storages.s3.s3, bucket: 'other'}});
		expect(changesOf(await look(artifactsStep, {...first.world, answers: other}))).toEqual([
			'update Secret zenml-workspace/zenml-artifacts (metadata.annotations)',
			'run a pod that writes, reads and removes a file (bucket other/a at https://s3.corp:9000)',
		]);
	});

	test('is not tried where pod checks are off, and that is said', async () => {
		const answers = withStorage(storages.s3, {network: {podChecks: false}});
		const {world, asked} = stage({}, {answers});
		const {after} = await converge(world);
		expect(after).toEqual({status: 'ok', note: 'bucket zenml/a at https://s3.corp:9000, not tried'});
		expect(asked).toEqual([]);
	});

	test('of an NFS server is mounted by the pod', async () => {
		const {world, asked, objects} = stage({ok: true, free: 1}, {answers: withStorage(storages.nfs)});
		expect((await converge(world)).after).toMatchObject({status: 'ok', note: '/export/zenml of NFS server nfs.corp'});
		expect(asked[0]?.storage).toEqual({path: '/storage', from: {nfs: {server: 'nfs.corp', path: '/export/zenml'}}});
		expect([...objects.keys()]).toEqual(['ConfigMap zenml-workspace/zenml-artifacts']);
	});

	test('of a StorageClass is a claim where pipelines run, and the pod mounts it', async () => {
		const answers = withStorage(storages.storageClass, {workloadManager: {enabled: true}});
		const {world, asked, objects} = stage({ok: true, free: 1}, {answers});
		expect((await converge(world)).after).toMatchObject({status: 'ok'});
		expect(asked[0]).toMatchObject({
			namespace: 'zenml-workload-manager',
			storage: {path: '/storage', from: {persistentVolumeClaim: {claimName: 'zenml-artifacts'}}},
		});
		expect(objects.get('PersistentVolumeClaim zenml-workload-manager/zenml-artifacts')).toMatchObject({
			spec: {accessModes: ['ReadWriteMany'], storageClassName: 'files', resources: {requests: {storage: '100Gi'}}},
		});
		const needed = accessesNeeded(answers).map(
			({verb, resource, namespace}) => `${verb} ${resource} ${namespace ?? ''}`,
		);
		expect(needed).toContain('create persistentvolumeclaims zenml-workload-manager');
		expect(needed).toContain('list storageclasses ');
	});

	test('another failure of the pod comes through as it is', async () => {
		const {world} = stage(refusal('kubernetes-quota'));
		expect(await refusalOf(artifactsStep.apply?.(world) ?? Promise.resolve())).toMatchObject({
			code: 'kubernetes-quota',
		});
	});
});

describe('what users are told', () => {
	const textOf = async (answers = withStorage(storages.s3)): Promise<string> => {
		const {world, saved} = stage({ok: true, free: 1}, {answers});
		await artifactsStep.apply?.(world);
		const text = saved.get('artifact-store.txt') ?? '';
		// What is told in the log is what is in the file.
		for (const line of text.split('\n').filter((one) => one !== ''))
			expect(linesOf(world.told)).toContain(`info   ${line}`);
		return text;
	};

	test('of a bucket are exact commands, and no secret stands in one', async () => {
		const text = await textOf();
		expect(text).toContain('zenml secret create zenml-artifacts --values=@zenml-artifacts.json');
		expect(text).toContain(`zenml artifact-store register internal-artifacts --flavor=s3 \\
    --path=s3://zenml/a \\
    --authentication_secret=zenml-artifacts \\
    --client_kwargs='{"endpoint_url":"https://s3.corp:9000","region_name":"us-east-1"}' \\
    --config_kwargs='{"s3":{"addressing_style":"path"}}'`);
		expect(text).toContain('export AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt');
		expect(text).toContain('"verify":"/etc/ssl/certs/ca-certificates.crt"');
		expect(text).toContain('export AWS_ENDPOINT_URL_S3=https://s3.corp:9000');
		expect(text).toContain(
			'zenml stack register internal \\\n    --orchestrator=internal-kubernetes \\\n    --artifact-store=internal-artifacts',
		);
		expect(text).toContain('--uri=registry.corp/zenml');
		expect(text).not.toContain('behind');
	});

	test('of a bucket without TLS say so, and one with a CA of its own names it', async () => {
		const clear = {
			...storages.s3,
			s3: {...storages.s3.s3, endpoint: 'http://s3.corp', plainHttp: true, pathStyle: false},
		};
		const text = await textOf(withStorage(clear));
		expect(text).toContain('The server speaks no TLS');
		expect(text).not.toContain('addressing_style');
		const own = await textOf(withStorage({...storages.s3, s3: {...storages.s3.s3, ca: '/pki/s3.crt'}}));
		expect(own).toContain('a certificate of a CA of its own');
		expect(own).toContain('it must be added to those files as well');
	});

	test('of a folder say first what does not work', async () => {
		const nfs = await textOf(withStorage(storages.nfs));
		expect(nfs).toContain('ZenML has no artifact store for shared folders.');
		expect(nfs).toContain('- logs and pictures of artifacts in the dashboard: the server does not mount the folder');
		expect(nfs).toContain(
			'zenml artifact-store register internal-artifacts --flavor=local \\\n    --path=/mnt/zenml-artifacts',
		);
		expect(nfs).toContain('--skip_local_validations=True');
		expect(nfs).toContain('{"name": "artifacts", "nfs":{"server":"nfs.corp","path":"/export/zenml"}}');
		const once = {...storages.storageClass, storageClass: {name: 'files', accessMode: 'ReadWriteOnce' as const}};
		const claim = await textOf(withStorage(once));
		expect(claim).toContain('"persistentVolumeClaim":{"claimName":"zenml-artifacts"}');
		expect(claim).toContain('- with ReadWriteOnce only while all those pods run on one node');
	});
});

describe('what is known of a storage before anything changes', () => {
	const classes = (...names: readonly string[]) => ({
		list: async () => names.map((name) => ({apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: {name}})),
	});
	const files = withStorage(storages.storageClass);

	test('the StorageClass is there, or what is there is told', async () => {
		expect(await ahead.run(worldOf({answers: files, cluster: classes('files')}))).toEqual({note: 'StorageClass files'});
		expect(await refusalOf(ahead.run(worldOf({answers: files, cluster: classes('standard', 'fast')})))).toMatchObject({
			code: code('storage-class-missing'),
			message: 'The cluster has no StorageClass "files".',
			cause: 'It has: standard, fast.',
			fix: 'Name one of them in artifacts.storageClass.name, or have it made.',
			answers: ['artifacts.storageClass.name'],
		});
		expect(await refusalOf(ahead.run(worldOf({answers: files, cluster: classes()})))).toMatchObject({
			cause: 'It has none at all.',
		});
		const list = async () => {
			throw refusal('kubernetes-forbidden');
		};
		expect(await ahead.run(worldOf({answers: files, cluster: {list}}))).toMatchObject({bad: true});
	});

	test('a name that this host does not find is a warning: pods ask another DNS', async () => {
		const dns = (...addresses: readonly string[]) => ({
			resolve: async () => addresses,
			server: '10.0.0.53',
			servers: [],
		});
		const answers = withStorage(storages.s3);
		expect(await ahead.run(worldOf({answers, dns: dns('10.1.1.1')}))).toEqual({note: 's3.corp'});
		expect(await ahead.run(worldOf({answers, dns: dns()}))).toEqual({
			note: 's3.corp',
			warnings: ['s3.corp is not known to 10.0.0.53; pods must find it in theirs'],
		});
		const inside = withStorage({kind: 'nfs', nfs: {server: 'nfs.storage.svc.cluster.local', path: '/x'}});
		expect(await ahead.run(worldOf({answers: inside}))).toEqual({note: 'nfs.storage.svc.cluster.local'});
	});

	test('clear text is a warning', async () => {
		const clear = {...storages.s3, s3: {...storages.s3.s3, endpoint: 'http://10.1.1.1:9000', plainHttp: true}};
		expect(await ahead.run(worldOf({answers: withStorage(clear)}))).toEqual({
			note: '10.1.1.1',
			warnings: ['artifacts: keys and files go to 10.1.1.1 in clear text (artifacts.s3.plainHttp)'],
		});
	});
});
