import {randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {htpasswdLine, type LabAuthority} from '../certificates.ts';
import type {Debian} from '../debian.ts';
import {writeWhenChanged} from '../files.ts';
import {listening, type Part} from '../part.ts';
import {type LabPaths, net} from '../paths.ts';
import {getHttps} from './control-plane.ts';

/** A password of the lab: made once, kept in a file of mode 0600. */
export const passwordFile = async (paths: LabPaths, name: string): Promise<string> => {
	const file = join(paths.config, `${name}.password`);
	if (!existsSync(file)) await writeFile(file, randomBytes(18).toString('base64url'), {mode: 0o600});
	return file;
};

export const registryUser = 'installer';

/** Debian's docker-registry with a certificate of the lab's CA and one user in an htpasswd file. */
export const registryPart = async (paths: LabPaths, authority: LabAuthority, debian: Debian): Promise<Part> => {
	const [host = ''] = net.registry.split(':');
	const pair = await authority.issue('registry', {user: host, hosts: [host], ips: [net.node]});
	const password = await readFile(await passwordFile(paths, 'registry'), 'utf8');
	const htpasswd = join(paths.config, 'registry.htpasswd');
	if (!existsSync(htpasswd)) await writeFile(htpasswd, await htpasswdLine(registryUser, password), {mode: 0o600});
	const config = join(paths.config, 'registry.yml');
	const yaml = `version: 0.1
log: {level: info}
storage:
  filesystem: {rootdirectory: ${join(paths.data, 'registry')}}
  delete: {enabled: true}
http:
  addr: ${net.node}:5000
  tls: {certificate: ${pair.cert}, key: ${pair.key}}
auth:
  htpasswd: {realm: lab, path: ${htpasswd}}
`;
	await writeWhenChanged(config, yaml);
	return {
		name: 'docker-registry',
		program: join(debian.root, 'usr/bin/docker-registry'),
		args: ['serve', config],
		// Debian's build writes traces to a place that is not there unless told otherwise.
		env: {...debian.env, OTEL_TRACES_EXPORTER: 'none'},
		ports: [5000],
		ready: async () => {
			const {status} = await getHttps(`https://${net.node}:5000/v2/`, authority.caPem);
			if (status !== 401) throw new Error(`the registry answers ${status} to a request without login`);
		},
	};
};

/** Folder whose files, in the form of /etc/hosts, are the zone; a change is seen at once. */
export const zoneFolder = (paths: LabPaths): string => join(paths.data, 'zone');

/** dnsmasq as the only name server: the lab's zone and cluster.local, and a refusal for every other name. */
export const nameServerPart = async (paths: LabPaths, debian: Debian): Promise<Part> => {
	const zone = zoneFolder(paths);
	await mkdir(zone, {recursive: true});
	const names = ['registry', 'postgres', 'mariadb', 'kubernetes'].map((name) => `${name}.${net.zone}`);
	await writeWhenChanged(join(zone, '00-lab'), `${net.node} ${names.join(' ')}\n`);
	const config = join(paths.config, 'dnsmasq.conf');
	const lines = [
		'no-resolv',
		'no-hosts',
		'bind-interfaces',
		`listen-address=127.0.0.1,${net.node}`,
		`local=/${net.zone}/`,
		'local=/cluster.local/',
		`hostsdir=${zone}`,
		'local-ttl=1',
		// Who asked for what: a suite proves by it that nobody asks for a name outside.
		'log-queries',
		'log-facility=-',
		'user=root',
		'pid-file=',
	];
	await writeWhenChanged(config, `${lines.join('\n')}\n`);
	return {
		name: 'dnsmasq',
		program: join(debian.root, 'usr/sbin/dnsmasq'),
		args: ['--keep-in-foreground', `--conf-file=${config}`],
		env: debian.env,
		ports: [53],
		ready: () => listening(net.node, 53),
	};
};
