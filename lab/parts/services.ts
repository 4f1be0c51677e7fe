import {randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Debian} from '../debian.ts';
import {writeWhenChanged} from '../files.ts';
import {listening, type Part} from '../part.ts';
import {type LabPaths, net} from '../paths.ts';

/** A password of the lab: made once, kept in a file of mode 0600. */
export const passwordFile = async (paths: LabPaths, name: string): Promise<string> => {
	const file = join(paths.config, `${name}.password`);
	if (!existsSync(file)) await writeFile(file, randomBytes(18).toString('base64url'), {mode: 0o600});
	return file;
};

/** Folder whose files, in the form of /etc/hosts, are the zone; a change is seen at once. */
export const zoneFolder = (paths: LabPaths): string => join(paths.data, 'zone');

/** dnsmasq as the only name server: the lab's zone and cluster.local, and a refusal for every other name. */
export const nameServerPart = async (paths: LabPaths, debian: Debian): Promise<Part> => {
	const zone = zoneFolder(paths);
	await mkdir(zone, {recursive: true});
	const names = ['registry', 'tokens', 'login', 'postgres', 'mysql', 'mariadb', 'kubernetes'].map(
		(name) => `${name}.${net.zone}`,
	);
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
