import type {PemAnswer} from '../../network/pem/file.ts';
import type {World} from '../world.ts';

type FurtherFile = {readonly answer: PemAnswer; readonly file: string};

/** Files with certificates or a key that the answers name beside those of the servers. */
export const furtherFiles = ({registry, database}: World['answers']): readonly FurtherFile[] => {
	const named: readonly (readonly [PemAnswer, string | undefined])[] = [
		['registry.ca', registry.ca],
		['registry.clientCertificate', registry.clientCertificate],
		['registry.clientKey', registry.clientKey],
		['database.ca', database.ca],
	];
	return named.flatMap(([answer, file]) => (file === undefined ? [] : [{answer, file}]));
};
