import {expect, test} from 'vitest';
import {networkTable, withSite} from '../../source/docs/network.ts';
import {docsTexts} from '../../source/docs/texts.ts';
import {destinationText, networkLines, portText, sourceText} from '../../source/handover/network/lines.ts';
import {load, shortest} from '../answers/samples.ts';

const told = (text: string): readonly string[] =>
	networkLines(load(text)).map(
		(line) => `${line.what}: ${sourceText(line)} > ${destinationText(line)} ${portText(line)} ${line.direction}`,
	);

test('the shortest answers need these lines, and no other', () => {
	expect(told(shortest)).toMatchInlineSnapshot(`
		[
		  "Kubernetes API: jump host > server of the current context in the kubeconfig that of the server, often 6443 (tcp) in",
		  "push of the images: jump host > registry.corp.internal 5000/tcp beside",
		  "pull of the images: every node > registry.corp.internal 5000/tcp out",
		  "logins, grants, dumps: jump host > postgres.corp.internal 3306/tcp beside",
		  "data of the servers: pods in zenml-pro, pods in zenml-workspace > postgres.corp.internal 3306/tcp out",
		  "dumps in the cluster if the jump host lacks programs: dump pods in zenml-pro > postgres.corp.internal 3306/tcp out",
		  "dashboard, API, clients: machines of users > zenml-pro.corp.internal, zenml-workspace.corp.internal 443/tcp in",
		  "checks of the install: jump host > zenml-pro.corp.internal, zenml-workspace.corp.internal 443/tcp in",
		  "workspaces call the control plane: pods in zenml-workspace > zenml-pro.corp.internal 443/tcp inside",
		  "way in to the servers: ingress controller nginx > Services in zenml-pro, Services in zenml-workspace those of the Services (tcp) inside",
		  "names: jump host > name server of the jump host 53/udp and tcp beside",
		  "names: pods > DNS of the cluster 53/udp and tcp inside",
		  "names asked on: DNS of the cluster > name server of the nodes 53/udp and tcp out",
		]
	`);
});

test('what lets requests in has the name that the answers give it', () => {
	const wayIn = (ingress: string) =>
		told(`${shortest}ingress: ${ingress}\n`)
			.find((line) => line.startsWith('way in'))
			?.split(' > ')[0];
	expect(wayIn('{className: haproxy}')).toBe('way in to the servers: ingress controller haproxy');
	expect(wayIn('{kind: gateway, gateway: gw/shared}')).toBe('way in to the servers: Gateway gw/shared');
	expect(wayIn('{kind: route}')).toBe('way in to the servers: router of OpenShift');
});

test('each database server stands once, with the namespaces that keep their data there', () => {
	const lines = told(
		`${shortest}  - name: second\n    host: second.corp.internal\n    namespace: second\n    database: {name: s, username: s, server: {host: other.corp.internal, port: 3307}}\n`.replace(
			'controlPlane:\n',
			'controlPlane:\n  database: {server: {engine: postgresql, host: pg.corp.internal}}\n',
		),
	);
	expect(lines.filter((line) => line.startsWith('data of'))).toEqual([
		'data of the servers: pods in zenml-pro > pg.corp.internal 5432/tcp out',
		'data of the servers: pods in zenml-workspace > postgres.corp.internal 3306/tcp out',
		'data of the servers: pods in second > other.corp.internal 3307/tcp out',
	]);
});

test('an NFS export is mounted by nodes, also for artifacts', () => {
	const lines = told(`${shortest}workloadManager: {enabled: true}
artifacts: {kind: nfs, nfs: {server: nfs.corp.internal, path: /a}}
`);
	expect(lines.filter((line) => line.includes('2049'))).toEqual([
		'artifacts of pipelines: every node > nfs.corp.internal 2049/tcp out',
	]);
});

test('another name to push to, ports, and what is switched on are in the table', () => {
	const lines =
		told(`${shortest.replace('registry:\n', 'registry:\n  pushHost: push.corp.internal:5443\n')}ingress: {address: 10.1.2.3, httpsPort: 8443}
network: {nameServer: "10.9.9.9:5353"}
kubernetes: {context: prod}
workloadManager: {enabled: true}
artifacts: {kind: s3, s3: {endpoint: "https://s3.corp.internal:9000", bucket: artifacts, accessKey: "env:A", secretKey: "env:B"}}
backup: {passphrase: "env:P", schedule: {kind: nfs, namespace: keep, nfs: {server: nfs.corp.internal, path: /x}}}
`);
	for (const line of [
		'Kubernetes API: jump host > server of context prod in the kubeconfig that of the server, often 6443 (tcp) in',
		'push of the images: jump host > push.corp.internal 5443/tcp beside',
		'pull of the images: every node > registry.corp.internal 5000/tcp out',
		'checks of the install: jump host > zenml-pro.corp.internal, zenml-workspace.corp.internal (at 10.1.2.3) 8443/tcp in',
		'snapshot runs: pods in zenml-workload-manager > zenml-pro.corp.internal, zenml-workspace.corp.internal (at 10.1.2.3) 8443/tcp inside',
		'artifacts of pipelines: pods of pipelines, pods in zenml-workload-manager > s3.corp.internal 9000/tcp out',
		'scheduled backups: every node > nfs.corp.internal 2049/tcp out',
		'dumps of scheduled backups: backup pods in keep > postgres.corp.internal 3306/tcp out',
		'names: jump host > 10.9.9.9 5353/udp and tcp beside',
		'names: pods > DNS of the cluster 53/udp and tcp inside',
		'names asked on: DNS of the cluster > 10.9.9.9 5353/udp and tcp out',
	])
		expect(lines).toContain(line);
});

test('the page has the table of a site in the place of the example', async () => {
	const page = (await docsTexts()).get('network.md') ?? '';
	const answers = load(shortest);
	const own = withSite(page, answers, 'site.yaml');
	expect(own).toContain('By the answers in site.yaml: 1 workspace.');
	expect(own).toContain(networkTable(answers));
	expect(own).not.toContain('mysql.internal.mycompany.com');
	expect(own).toContain('## How to read it');
	// It neither calls these lines an example nor names the command that made them.
	expect(page).toContain('The lines of an example');
	expect(own).not.toMatch(/example|docs network/u);
});
