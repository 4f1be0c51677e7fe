import {createHash} from 'node:crypto';

/**
 * What `IDENTIFIED BY PASSWORD` of MariaDB takes instead of the password, which its log and its process list would show: `*` and the
 * SHA-1 of the SHA-1 in hex (MariaDB documentation, PASSWORD()).
 */
export const nativeHash = (password: string): string => {
	const once = createHash('sha1').update(password, 'utf8').digest();
	return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
};
