import {type Connection, connect} from './connection.ts';
import type {KubeconfigOptions} from './kubeconfig/files.ts';
import {type LoadedKubeconfig, loadKubeconfig} from './kubeconfig/load.ts';
import {execKey} from './login/exec-info.ts';
import {createPlugIn, type PlugIn} from './login/plug-in.ts';
import type {Bounds} from './login/program.ts';

/** Where the kubeconfig is, and what is done with the secrets it leads to. `environment` is that of helm too. */
export type AccessOptions = KubeconfigOptions & {
	readonly now: () => number;
	readonly onSecret: (secret: string) => void;
	/** Of the plug-in that logs in; for tests. */
	readonly login?: Partial<Bounds> | undefined;
};

/** The kubeconfig and the connection it leads to, each made when it is first needed, and anew once they are forgotten. */
export type Access = {
	/** @throws ProblemError kubeconfig-* */
	readonly load: () => LoadedKubeconfig;
	readonly connected: () => Connection;
	readonly forget: () => void;
};

/** What a plug-in gave outlives a kubeconfig that is read anew and has not changed. */
export const createAccess = ({login, ...options}: AccessOptions): Access => {
	const {now, onSecret, environment} = options;
	let loaded: LoadedKubeconfig | undefined;
	let connection: Connection | undefined;
	let kept: {readonly key: string; readonly plugIn: PlugIn} | undefined;
	const load = (): LoadedKubeconfig => {
		if (loaded) return loaded;
		loaded = loadKubeconfig(options, now());
		for (const secret of loaded.secrets) onSecret(secret);
		return loaded;
	};
	const plugInOf = (found: LoadedKubeconfig): PlugIn | undefined => {
		const {exec} = found;
		if (!exec) return undefined;
		const key = execKey(found);
		if (kept?.key !== key) {
			const bounds = login === undefined ? {} : {bounds: login};
			kept = {key, plugIn: createPlugIn({...found, exec}, {environment, onSecret, now, ...bounds})};
		}
		return kept.plugIn;
	};
	return {
		load,
		connected: () => {
			const found = load();
			connection ??= connect(found, {plugIn: plugInOf(found), environment, onSecret});
			return connection;
		},
		forget: () => {
			loaded = undefined;
			connection = undefined;
		},
	};
};
