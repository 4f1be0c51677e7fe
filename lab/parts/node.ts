import {existsSync} from 'node:fs';
import {mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stringify} from 'yaml';
import {addFile, addFolder, digestFile, writeModern, writeTar} from '../../rehearsal/sample-bundle/index.ts';
import type {LabAuthority} from '../certificates.ts';
import {runCommand} from '../commands.ts';
import type {Debian} from '../debian.ts';
import {writeWhenChanged} from '../files.ts';
import {writeKubeconfig} from '../kubeconfig.ts';
import type {KubernetesBinary} from '../kubernetes-build.ts';
import type {Part} from '../part.ts';
import {type LabPaths, net} from '../paths.ts';
import {apiUrl, getHttps} from './control-plane.ts';

export const pauseImage = 'lab.internal/pause:1';
// Private to the lab: /run is a folder of its own there.
const socket = '/run/containerd/containerd.sock';

/** containerd with runc; pulls from the lab's registries trust the lab's CA, logins come from pull secrets alone. */
export const containerdPart = async (paths: LabPaths, authority: LabAuthority, debian: Debian): Promise<Part> => {
	const trust = join(paths.config, 'certs.d');
	for (const registry of [net.registry, net.tokenRegistry]) {
		await mkdir(join(trust, registry), {recursive: true});
		await writeWhenChanged(
			join(trust, registry, 'hosts.toml'),
			`server = "https://${registry}"\n[host."https://${registry}"]\n  ca = "${authority.ca}"\n`,
		);
	}
	const networks = join(paths.config, 'cni');
	await mkdir(networks, {recursive: true});
	const bridge = {
		type: 'bridge',
		bridge: 'cni0',
		isGateway: true,
		ipMasq: false,
		hairpinMode: true,
		ipam: {
			type: 'host-local',
			dataDir: join(paths.data, 'cni'),
			ranges: [[{subnet: net.pods}]],
			routes: [{dst: '0.0.0.0/0'}],
		},
	};
	const list = {
		cniVersion: '1.0.0',
		name: 'lab',
		plugins: [bridge, {type: 'portmap', capabilities: {portMappings: true}}],
	};
	await writeWhenChanged(join(networks, '10-lab.conflist'), JSON.stringify(list));
	const config = join(paths.config, 'containerd.toml');
	// restrict_oom_score_adj: without CAP_SYS_RESOURCE runc cannot lower the score and ends with "can't get final child's PID from pipe".
	const toml = `version = 2
root = "${join(paths.data, 'containerd')}"
state = "/run/containerd"
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${join(paths.data, 'containerd-opt')}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        BinaryName = "${join(debian.root, 'usr/sbin/runc')}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${join(debian.root, 'usr/lib/cni')}"
    conf_dir = "${networks}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${trust}"
`;
	await writeWhenChanged(config, toml);
	const ctr = join(debian.root, 'usr/bin/ctr');
	return {
		name: 'containerd',
		program: join(debian.root, 'usr/bin/containerd'),
		args: ['--config', config],
		env: debian.env,
		ready: async () => {
			await runCommand(ctr, ['--address', socket, 'version'], {env: debian.env, timeoutMs: 5000});
		},
	};
};

/** Puts the image that holds a pod's namespaces into containerd: Debian's static busybox, asleep. */
export const importPauseImage = async (paths: LabPaths, debian: Debian): Promise<void> => {
	const ctr = join(debian.root, 'usr/bin/ctr');
	const of = ['--address', socket, '--namespace', 'k8s.io', 'images'];
	if ((await runCommand(ctr, [...of, 'ls', '-q'], {env: debian.env})).includes(pauseImage)) return;
	const layer = join(paths.cache, 'pause-layer.tar');
	const archive = join(paths.cache, 'pause.tar');
	if (!existsSync(archive)) {
		const content = await readFile(join(debian.root, 'bin/busybox'));
		await writeTar(layer, async (tar) => {
			addFolder(tar, 'bin');
			await new Promise<void>((done, reject) => {
				tar.entry({name: 'bin/busybox', mode: 0o755, size: content.length}, content, (error) =>
					error ? reject(error) : done(),
				);
			});
			await addFile(tar, 'README', Buffer.from('Holds the namespaces of a pod.\n'));
		});
		const image = {
			reference: pauseImage,
			entrypoint: ['/bin/busybox', 'sleep', '2147483647'],
			layers: [{name: 'pause', file: layer, ...(await digestFile(layer))}],
		};
		await writeModern(archive, image);
	}
	await runCommand(ctr, [...of, 'import', archive], {env: debian.env});
};

/** The kubelet of the only node, with webhook authorization and a certificate of the lab's CA. */
export const kubeletPart = async (
	paths: LabPaths,
	authority: LabAuthority,
	debian: Debian,
	{binary}: KubernetesBinary,
	admin: {readonly cert: string; readonly key: string},
): Promise<Part> => {
	const pair = await authority.issue('kubelet', {
		user: `system:node:${net.nodeName}`,
		groups: ['system:nodes'],
		hosts: [net.nodeName],
		ips: [net.node],
	});
	const kubeconfig = await writeKubeconfig(join(paths.config, 'kubelet.kubeconfig'), {
		server: apiUrl,
		caPem: authority.caPem,
		pair,
	});
	const config = join(paths.config, 'kubelet.yaml');
	await writeWhenChanged(
		config,
		stringify({
			apiVersion: 'kubelet.config.k8s.io/v1beta1',
			kind: 'KubeletConfiguration',
			address: net.node,
			port: 10250,
			healthzBindAddress: '127.0.0.1',
			authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: authority.ca}},
			authorization: {mode: 'Webhook'},
			tlsCertFile: pair.cert,
			tlsPrivateKeyFile: pair.key,
			cgroupDriver: 'cgroupfs',
			failSwapOn: false,
			enforceNodeAllocatable: [],
			evictionHard: {
				'memory.available': '50Mi',
				'nodefs.available': '1%',
				'nodefs.inodesFree': '1%',
				'imagefs.available': '1%',
			},
			imageGCHighThresholdPercent: 100,
			imageGCLowThresholdPercent: 99,
			oomScoreAdj: 0,
			clusterDNS: [net.node],
			clusterDomain: 'cluster.local',
			resolvConf: '/etc/resolv.conf',
			syncFrequency: '10s',
			fileCheckFrequency: '10s',
			nodeStatusUpdateFrequency: '5s',
			serializeImagePulls: false,
			registryPullQPS: 0,
			maxPods: 100,
		}),
	);
	return {
		name: 'kubelet',
		program: binary,
		args: [
			'kubelet',
			`--config=${config}`,
			`--kubeconfig=${kubeconfig}`,
			// A flag, not a field of the configuration: that came with 1.27.
			`--container-runtime-endpoint=unix://${socket}`,
			`--hostname-override=${net.nodeName}`,
			`--node-ip=${net.node}`,
			`--root-dir=${join(paths.data, 'kubelet')}`,
			`--cert-dir=${join(paths.data, 'kubelet-pki')}`,
		],
		env: debian.env,
		ports: [10250, 10248],
		patience: 120,
		ready: async () => {
			const identity = {cert: await readFile(admin.cert, 'utf8'), key: await readFile(admin.key, 'utf8')};
			const {status, body} = await getHttps(`${apiUrl}/api/v1/nodes/${net.nodeName}`, authority.caPem, identity);
			if (status !== 200) throw new Error(`the node is not registered: ${status}`);
			const {conditions = []} = (
				JSON.parse(body) as {status: {conditions?: {type: string; status: string; message: string}[]}}
			).status;
			const ready = conditions.find(({type}) => type === 'Ready');
			if (ready?.status !== 'True') throw new Error(`the node is not ready: ${ready?.message ?? 'no condition'}`);
		},
	};
};

/** kube-proxy with iptables rules, in the lab's network namespace only. */
export const proxyPart = async (
	paths: LabPaths,
	authority: LabAuthority,
	debian: Debian,
	{binary}: KubernetesBinary,
): Promise<Part> => {
	const pair = await authority.issue('kube-proxy', {user: 'system:kube-proxy'});
	const kubeconfig = await writeKubeconfig(join(paths.config, 'kube-proxy.kubeconfig'), {
		server: apiUrl,
		caPem: authority.caPem,
		pair,
	});
	const config = join(paths.config, 'kube-proxy.yaml');
	await writeWhenChanged(
		config,
		stringify({
			apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
			kind: 'KubeProxyConfiguration',
			mode: 'iptables',
			clientConnection: {kubeconfig},
			hostnameOverride: net.nodeName,
			clusterCIDR: net.pods,
			oomScoreAdj: 0,
			conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s'},
			healthzBindAddress: '127.0.0.1:10256',
			metricsBindAddress: '127.0.0.1:10249',
		}),
	);
	return {
		name: 'kube-proxy',
		program: binary,
		args: ['kube-proxy', `--config=${config}`],
		env: debian.env,
		ports: [10256, 10249],
		patience: 60,
		ready: async () => {
			const answer = await fetch('http://127.0.0.1:10256/healthz', {signal: AbortSignal.timeout(2000)});
			if (!answer.ok) throw new Error(`kube-proxy says ${answer.status}`);
		},
	};
};
