import {readFile} from 'node:fs/promises';
import {request} from 'node:https';
import {join} from 'node:path';
import type {LabAuthority, Pair} from '../certificates.ts';
import {kubeconfigFile, writeKubeconfig} from '../kubeconfig.ts';
import type {KubernetesBinary} from '../kubernetes-build.ts';
import type {Part} from '../part.ts';
import {type LabPaths, net} from '../paths.ts';

export const apiUrl = `https://${net.node}:6443`;

/** Status and body of a GET over TLS with the lab's CA. Rejects when nothing answers. */
export const getHttps = (url: string, ca: string, pair?: {readonly cert: string; readonly key: string}) =>
	new Promise<{readonly status: number; readonly body: string}>((done, reject) => {
		const outgoing = request(url, {ca, ...pair, timeout: 3000}, (answer) => {
			let body = '';
			answer.on('data', (chunk: Buffer) => {
				body += chunk.toString('utf8');
			});
			answer.on('end', () => done({status: answer.statusCode ?? 0, body}));
		});
		outgoing.on('timeout', () => outgoing.destroy(new Error(`${url} does not answer`)));
		outgoing.on('error', reject);
		outgoing.end();
	});

const expectOk = async (url: string, ca: string, pair?: Pair): Promise<void> => {
	const files = pair && {cert: await readFile(pair.cert, 'utf8'), key: await readFile(pair.key, 'utf8')};
	const {status, body} = await getHttps(url, ca, files);
	if (status !== 200) throw new Error(`${url} answers ${status}: ${body.slice(0, 300)}`);
};

// Controllers that need a cloud; they were called otherwise before 1.28.
const cloudControllers = (version: string): readonly string[] =>
	Number(version.split('.')[1]) < 28
		? ['route', 'cloud-node-lifecycle', 'service']
		: ['node-route-controller', 'cloud-node-lifecycle-controller', 'service-lb-controller'];

export type ControlPlane = {
	readonly parts: readonly Part[];
	readonly adminKubeconfig: string;
	readonly admin: Pair;
};

/**
 * etcd, kube-apiserver, kube-controller-manager and kube-scheduler as processes, with TLS, RBAC and service account tokens.
 * Flags: kubernetes.io, "Command line tools reference"; each program's own --help.
 */
export const controlPlane = async (
	paths: LabPaths,
	authority: LabAuthority,
	{binary, version}: KubernetesBinary,
): Promise<ControlPlane> => {
	const server = await authority.issue('kube-apiserver', {
		user: 'kube-apiserver',
		hosts: [
			'kubernetes',
			'kubernetes.default',
			'kubernetes.default.svc',
			'kubernetes.default.svc.cluster.local',
			`kubernetes.${net.zone}`,
			'localhost',
		],
		ips: [net.node, net.firstService, '127.0.0.1'],
	});
	const admin = await authority.issue('admin', {user: 'kubernetes-admin', groups: ['system:masters']});
	const toKubelet = await authority.issue('apiserver-kubelet-client', {
		user: 'kube-apiserver-kubelet-client',
		groups: ['system:masters'],
	});
	const accounts = await authority.serviceAccountKeys();
	const kubeconfigFor = async (name: string, pair: Pair): Promise<string> =>
		writeKubeconfig(kubeconfigFile(paths, name), {server: apiUrl, caPem: authority.caPem, pair});
	const componentKubeconfig = async (name: string): Promise<string> =>
		kubeconfigFor(name, await authority.issue(name, {user: `system:${name}`}));
	const managerConfig = await componentKubeconfig('kube-controller-manager');
	const schedulerConfig = await componentKubeconfig('kube-scheduler');
	const adminKubeconfig = await kubeconfigFor('admin', admin);
	const {caPem} = authority;
	const etcd: Part = {
		name: 'etcd',
		program: binary,
		args: [
			'etcd',
			'--name=lab',
			`--data-dir=${join(paths.data, 'etcd')}`,
			'--listen-client-urls=http://127.0.0.1:2379',
			'--advertise-client-urls=http://127.0.0.1:2379',
			'--listen-peer-urls=http://127.0.0.1:2380',
			'--initial-advertise-peer-urls=http://127.0.0.1:2380',
			'--initial-cluster=lab=http://127.0.0.1:2380',
			// The lab's data is thrown away with it: waiting for the disk at every write proves nothing here.
			'--unsafe-no-fsync',
		],
		ports: [2379, 2380],
		ready: async () => {
			const answer = await fetch('http://127.0.0.1:2379/health', {signal: AbortSignal.timeout(2000)});
			const body = await answer.text();
			if (!body.includes('"health":"true"')) throw new Error(`etcd says ${body}`);
		},
	};
	const apiserver: Part = {
		name: 'kube-apiserver',
		program: binary,
		args: [
			'kube-apiserver',
			'--etcd-servers=http://127.0.0.1:2379',
			'--secure-port=6443',
			`--advertise-address=${net.node}`,
			`--tls-cert-file=${server.cert}`,
			`--tls-private-key-file=${server.key}`,
			`--client-ca-file=${authority.ca}`,
			'--authorization-mode=Node,RBAC',
			'--enable-admission-plugins=NodeRestriction',
			'--allow-privileged=true',
			`--service-cluster-ip-range=${net.services}`,
			'--service-account-issuer=https://kubernetes.default.svc.cluster.local',
			`--service-account-key-file=${accounts.pub}`,
			`--service-account-signing-key-file=${accounts.key}`,
			`--kubelet-client-certificate=${toKubelet.cert}`,
			`--kubelet-client-key=${toKubelet.key}`,
			`--kubelet-certificate-authority=${authority.ca}`,
			'--kubelet-preferred-address-types=InternalIP',
			`--cert-dir=${join(paths.data, 'apiserver')}`,
		],
		ports: [6443],
		patience: 120,
		ready: async () => {
			await expectOk(`${apiUrl}/readyz`, caPem, admin);
			// /readyz says ok before the namespace is there; nothing can be installed until it is.
			await expectOk(`${apiUrl}/api/v1/namespaces/default`, caPem, admin);
		},
	};
	const manager: Part = {
		name: 'kube-controller-manager',
		program: binary,
		args: [
			'kube-controller-manager',
			`--kubeconfig=${managerConfig}`,
			`--authentication-kubeconfig=${managerConfig}`,
			`--authorization-kubeconfig=${managerConfig}`,
			`--root-ca-file=${authority.ca}`,
			`--service-account-private-key-file=${accounts.key}`,
			'--use-service-account-credentials=true',
			'--leader-elect=false',
			`--controllers=*,${cloudControllers(version)
				.map((name) => `-${name}`)
				.join(',')}`,
			`--cert-dir=${join(paths.data, 'controller-manager')}`,
		],
		ports: [10257],
		patience: 60,
		ready: async () => {
			await expectOk('https://127.0.0.1:10257/healthz', caPem).catch(ownCertificate);
			// The account that pods run as by default is made by a controller: seen, the controllers work.
			await expectOk(`${apiUrl}/api/v1/namespaces/default/serviceaccounts/default`, caPem, admin);
		},
	};
	const scheduler: Part = {
		name: 'kube-scheduler',
		program: binary,
		args: [
			'kube-scheduler',
			`--kubeconfig=${schedulerConfig}`,
			`--authentication-kubeconfig=${schedulerConfig}`,
			`--authorization-kubeconfig=${schedulerConfig}`,
			'--leader-elect=false',
			`--cert-dir=${join(paths.data, 'scheduler')}`,
		],
		ports: [10259],
		patience: 60,
		ready: () => expectOk('https://127.0.0.1:10259/healthz', caPem).catch(ownCertificate),
	};
	return {parts: [etcd, apiserver, manager, scheduler], adminKubeconfig, admin};
};

// Managers make a certificate of their own for this port: that they answer over TLS at all is the sign of life.
const ownCertificate = (error: unknown): void => {
	if (
		(error as {code?: string}).code !== 'DEPTH_ZERO_SELF_SIGNED_CERT' &&
		!/self.signed|unable to verify/iu.test(String(error))
	)
		throw error;
};
