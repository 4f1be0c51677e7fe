import {readJson} from '../../own-json.ts';
import type {ServerTls} from '../../owned-files.ts';
import {createSaver} from '../../saver.ts';
import type {Catalogue} from './catalogue.ts';
import {type PlayedMysql, startPlayedMysql} from './server.ts';

type Options = {
	/** What is kept lies here; made at the first start. */
	readonly file: string;
	readonly port: number;
	readonly adminPassword: string;
	readonly tls: ServerTls;
	readonly offersTls: () => boolean;
	readonly log: (line: string) => void;
};

/** A played server that keeps its data in a file. @throws ProblemError `rehearsal-state-unreadable` */
export const playMysql = async ({file, ...options}: Options): Promise<Pick<PlayedMysql, 'port' | 'stop'>> => {
	const load = await readJson<Catalogue>(file);
	const saver = createSaver(file, () => server.snapshot(), 0);
	const server = await startPlayedMysql({...options, load, onChange: saver.touch});
	return {
		port: server.port,
		stop: async () => {
			await server.stop();
			saver.touch();
			await saver.flush();
		},
	};
};
