import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stringify} from 'yaml';
import type {Pair} from './certificates.ts';
import {writeWhenChanged} from './files.ts';
import type {LabPaths} from './paths.ts';

/** Where the kubeconfig of a user of the lab lies; `admin` is the operator's. */
export const kubeconfigFile = (paths: LabPaths, user: string): string => join(paths.config, `${user}.kubeconfig`);

/** Writes a kubeconfig with everything inside it, mode 0600, and hands back its path. */
export const writeKubeconfig = async (
	file: string,
	{server, caPem, pair}: {readonly server: string; readonly caPem: string; readonly pair: Pair},
): Promise<string> => {
	const base64 = async (path: string): Promise<string> => (await readFile(path)).toString('base64');
	const config = {
		apiVersion: 'v1',
		kind: 'Config',
		clusters: [{name: 'lab', cluster: {server, 'certificate-authority-data': Buffer.from(caPem).toString('base64')}}],
		users: [
			{
				name: 'lab-user',
				user: {'client-certificate-data': await base64(pair.cert), 'client-key-data': await base64(pair.key)},
			},
		],
		contexts: [{name: 'lab', context: {cluster: 'lab', user: 'lab-user'}}],
		'current-context': 'lab',
	};
	await writeWhenChanged(file, stringify(config));
	return file;
};
