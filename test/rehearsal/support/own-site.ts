import {cp, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {makeSampleBundle} from '../../../rehearsal/sample-bundle/index.ts';

const charts = fileURLToPath(new URL('../../../rehearsal/charts/', import.meta.url));

const edit = async (file: string, change: (text: string) => string): Promise<void> =>
	writeFile(file, change(await readFile(file, 'utf8')));

/**
 * A bundle as a site of 2025 would have it: workspace chart 0.93.0 with its main section `zenml`, no word on databases, other
 * names of the control plane's deployments, and a manifest.txt typed by hand without checksums.
 */
export const makeOwnBundle = async (folder: string): Promise<string> => {
	const sources = path.join(folder, 'chart-sources');
	await cp(charts, sources, {recursive: true});
	await edit(path.join(sources, 'zenml', 'values.yaml'), (text) => text.replace(/^server:$/mu, 'zenml:'));
	await edit(path.join(sources, 'zenml', 'templates', '_helpers.tpl'), (text) =>
		text.replace(/\{\{- mustMergeOverwrite .*\.Values\.server.*\}\}/u, '{{- deepCopy .Values.zenml | toJson -}}'),
	);
	for (const chart of ['zenml', 'zenml-pro'])
		await edit(path.join(sources, chart, 'Chart.yaml'), (text) => text.replace(/^annotations:[\s\S]*$/mu, ''));
	await edit(path.join(sources, 'zenml-pro', 'templates', 'dashboard.yaml'), (text) =>
		text.replaceAll('%s-dashboard', '%s-web'),
	);
	await edit(path.join(sources, 'zenml-pro', 'templates', 'ingress.yaml'), (text) =>
		text.replaceAll('-dashboard', '-web'),
	);
	const directory = path.join(folder, 'zenml-air-gapped-bundle');
	await makeSampleBundle({
		directory,
		chartSources: {controlPlane: path.join(sources, 'zenml-pro'), workspace: path.join(sources, 'zenml')},
		versions: {controlPlane: '0.13.2', workspace: '0.93.0'},
		totalBytes: 2_400_000,
	});
	await writeFile(
		path.join(directory, 'manifest.txt'),
		`Bundle for the change of 14 May, made by ops on 2025-12-20

Images
  715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-api:0.13.2
  715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-dashboard:0.13.2
  715803424590.dkr.ecr.eu-central-1.amazonaws.com/zenml-pro-server:0.93.0
  zenmldocker/zenml:0.93.0

Charts: zenml-pro-0.13.2.tgz and zenml-0.93.0.tgz
`,
	);
	await rm(sources, {recursive: true});
	return directory;
};

/** The answers of that site, as `answers init` lays them out: nothing in it fits this machine. */
export const ownAnswers = `
version: 1
kubernetes:
  kubeconfig: /home/ops/.kube/production
  context: production
registry:
  host: registry.corp.example
  prefix: mirror/zenml
  username: robot
  password: env:REGISTRY_PASSWORD_OF_SITE
  ca: /etc/pki/corp/registry.crt
tls:
  certificate: /etc/pki/corp/tls.crt
  key: /etc/pki/corp/tls.key
  ca: /etc/pki/corp/ca.crt
ingress:
  address: 10.20.30.40
database:
  host: postgres.corp.example
controlPlane:
  nodeSelector: {pool: servers}
  namespace: mlops-control
  release: pro
  host: zenml.corp.example
  replicas: 2
  admin:
    password: k8s:vault/zenml/admin
  database:
    name: cp
    username: cp_user
    password: env:CP_PASSWORD_OF_SITE
  podDisruptionBudget:
    enabled: true
    minAvailable: 1
organization:
  name: research
  users:
    - username: ada
      password: file:/run/secrets/ada
      role: admin
    - username: grace
workspaces:
  - name: blue
    namespace: ws-blue
    release: blue
    host: blue.corp.example
    replicas: 2
    database:
      name: blue
      username: blue_user
      password: file:/run/secrets/blue
  - name: green
    namespace: ws-green
    host: green.corp.example
    database:
      name: green
      username: green_user
workloadManager:
  enabled: true
  runnerImage: registry.corp.example/mirror/runner:1.0
network:
  nameServer: 10.20.30.53
`;

/** Writes bundle and answer file into the folder. */
export const makeOwnSite = async (folder: string): Promise<{readonly bundle: string; readonly answers: string}> => {
	await mkdir(folder, {recursive: true});
	const answers = path.join(folder, 'answers.yaml');
	await writeFile(answers, ownAnswers);
	return {bundle: await makeOwnBundle(folder), answers};
};
