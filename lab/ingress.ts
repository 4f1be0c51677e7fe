// The lab's ingress controller and cluster DNS: reads Ingresses, Services, EndpointSlices and Secrets every half second, writes the
// configuration of Debian's nginx and the zone of cluster.local, and the address into the status of each Ingress.
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {
	CoreV1Api,
	DiscoveryV1Api,
	KubeConfig,
	NetworkingV1Api,
	type V1EndpointSlice,
	type V1Ingress,
	type V1Secret,
	type V1Service,
} from '@kubernetes/client-node';
import {runCommand} from './commands.ts';
import {writeWhenChanged} from './files.ts';

type Settings = {
	readonly kubeconfig: string;
	readonly className: string;
	readonly address: string;
	readonly folder: string;
	readonly hosts: string;
	readonly nginx: string;
	readonly env: Readonly<Record<string, string>>;
	readonly fallback: {readonly cert: string; readonly key: string};
};

const settings = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as Settings;
const config = new KubeConfig();
config.loadFromFile(settings.kubeconfig);
const core = config.makeApiClient(CoreV1Api);
const networking = config.makeApiClient(NetworkingV1Api);
const discovery = config.makeApiClient(DiscoveryV1Api);
const certificates = join(settings.folder, 'certificates');

const backendOf = (
	services: readonly V1Service[],
	slices: readonly V1EndpointSlice[],
	namespace: string,
	name: string,
	port: {name?: string; number?: number},
) => {
	const service = services.find(({metadata}) => metadata?.namespace === namespace && metadata.name === name);
	const found = service?.spec?.ports?.find((one) => (port.name ? one.name === port.name : one.port === port.number));
	if (!found) return [];
	return slices
		.filter(
			({metadata}) => metadata?.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name,
		)
		.flatMap((slice) => {
			const target = slice.ports?.find((one) => (one.name ?? '') === (found.name ?? ''))?.port;
			return (slice.endpoints ?? [])
				.filter(({conditions}) => conditions?.ready)
				.flatMap(({addresses}) => addresses.map((address) => `${address}:${target}`));
		});
};

const bodySize = (ingress: V1Ingress): string =>
	ingress.metadata?.annotations?.['nginx.ingress.kubernetes.io/proxy-body-size'] ?? '1m';

const serverBlocks = async (
	ingresses: readonly V1Ingress[],
	services: readonly V1Service[],
	slices: readonly V1EndpointSlice[],
	secrets: readonly V1Secret[],
) => {
	const blocks: string[] = [];
	let changed = false;
	for (const ingress of ingresses) {
		const namespace = ingress.metadata?.namespace ?? '';
		for (const rule of ingress.spec?.rules ?? []) {
			const host = rule.host ?? '_';
			const secretName = ingress.spec?.tls?.find(({hosts}) => hosts?.includes(host))?.secretName;
			const data = secrets.find(
				({metadata}) => metadata?.namespace === namespace && metadata.name === secretName,
			)?.data;
			let pair = settings.fallback;
			if (data?.['tls.crt'] && data['tls.key']) {
				const base = join(certificates, `${namespace}-${secretName}`);
				pair = {cert: `${base}.crt`, key: `${base}.key`};
				for (const [file, key] of [
					[pair.cert, 'tls.crt'],
					[pair.key, 'tls.key'],
				] as const)
					changed = (await writeWhenChanged(file, Buffer.from(data[key] ?? '', 'base64').toString('utf8'))) || changed;
			}
			const locations = (rule.http?.paths ?? []).map(({path = '/', pathType, backend}) => {
				const ends = backendOf(services, slices, namespace, backend.service?.name ?? '', backend.service?.port ?? {});
				const match = pathType === 'Exact' ? `= ${path}` : path;
				if (ends.length === 0) return `location ${match} { return 503; }`;
				const pass = `proxy_pass http://${ends[0]}; proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto https; proxy_set_header X-Forwarded-For $remote_addr;`;
				return `location ${match} { ${pass} proxy_connect_timeout 5s; client_max_body_size ${bodySize(ingress)}; }`;
			});
			blocks.push(
				`server { listen ${settings.address}:443 ssl; server_name ${host}; ssl_certificate ${pair.cert}; ssl_certificate_key ${pair.key}; ${locations.join(' ')} }`,
			);
		}
	}
	return {blocks, changed};
};

const nginxText = (blocks: readonly string[]): string => `worker_processes 1;
pid ${join(settings.folder, 'nginx.pid')};
error_log stderr;
user root;
events { worker_connections 512; }
http {
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(settings.folder, name)};`).join('\n')}
access_log off;
server_tokens off;
server_names_hash_bucket_size 128;
server { listen ${settings.address}:80 default_server; return 308 https://$host$request_uri; }
server { listen ${settings.address}:443 ssl default_server; server_name _; ssl_certificate ${settings.fallback.cert}; ssl_certificate_key ${settings.fallback.key}; return 404; }
${blocks.join('\n')}
}
`;

const reload = async (): Promise<void> => {
	const pid = Number(await readFile(join(settings.folder, 'nginx.pid'), 'utf8').catch(() => '0'));
	if (pid > 0) process.kill(pid, 'SIGHUP');
};

const publish = async (ingress: V1Ingress): Promise<void> => {
	const {name = '', namespace = ''} = ingress.metadata ?? {};
	if (ingress.status?.loadBalancer?.ingress?.some(({ip}) => ip === settings.address)) return;
	const body = {...ingress, status: {loadBalancer: {ingress: [{ip: settings.address}]}}};
	await networking.replaceNamespacedIngressStatus({name, namespace, body});
	console.log(`published ${namespace}/${name}`);
};

const round = async (): Promise<void> => {
	const [ingresses, services, slices] = await Promise.all([
		networking.listIngressForAllNamespaces(),
		core.listServiceForAllNamespaces(),
		discovery.listEndpointSliceForAllNamespaces(),
	]);
	const names = services.items.flatMap(({metadata, spec}) =>
		spec?.clusterIP && spec.clusterIP !== 'None'
			? [`${spec.clusterIP} ${metadata?.name}.${metadata?.namespace}.svc.cluster.local`]
			: [],
	);
	await writeWhenChanged(settings.hosts, `${names.sort().join('\n')}\n`);
	const own = ingresses.items.filter(({spec}) => spec?.ingressClassName === settings.className);
	const wanted = [...new Set(own.map(({metadata}) => metadata?.namespace ?? ''))];
	const secrets = (
		await Promise.all(
			wanted.map((namespace) => core.listNamespacedSecret({namespace, fieldSelector: 'type=kubernetes.io/tls'})),
		)
	).flatMap(({items}) => items);
	const {blocks, changed} = await serverBlocks(own, services.items, slices.items, secrets);
	const file = join(settings.folder, 'nginx.conf');
	const before = await readFile(file, 'utf8').catch(() => undefined);
	if ((await writeWhenChanged(file, nginxText(blocks))) || changed) {
		try {
			await runCommand(settings.nginx, ['-t', '-q', '-c', file, '-p', settings.folder], {env: settings.env});
			await reload();
			console.log(`nginx serves ${blocks.length} hosts`);
		} catch (error) {
			console.log(String(error));
			// What cannot be served must not stop what is served.
			if (before !== undefined) await writeFile(file, before);
		}
	}
	// The test above holds the ports for a moment: nginx must not be started before it has ended.
	await writeWhenChanged(join(settings.folder, 'tested'), 'yes\n');
	for (const ingress of own) await publish(ingress);
};

await mkdir(certificates, {recursive: true});
for (;;) {
	await round().catch((error: unknown) => console.log(`will be tried again: ${String(error).slice(0, 500)}`));
	await sleep(500);
}
