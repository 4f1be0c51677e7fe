/** UTF-16 without a mark: of plain letters every second byte is zero. */
const zerosAt = (bytes: Buffer, parity: 0 | 1): boolean => {
	const start = bytes.subarray(0, 64);
	return start.length >= 4 && start.every((byte, at) => (at % 2 === parity) === (byte === 0));
};

/** The text of a file: UTF-8, or UTF-16 as PowerShell and editors of Windows write it; without its byte order mark. */
export const decodeText = (bytes: Buffer): string => {
	const mark = bytes.toString('hex', 0, 2);
	const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
	if (mark === 'fffe' || zerosAt(bytes, 1)) return even.toString('utf16le').replace(/^\uFEFF/u, '');
	if (mark === 'feff' || zerosAt(bytes, 0))
		return Buffer.from(even)
			.swap16()
			.toString('utf16le')
			.replace(/^\uFEFF/u, '');
	return bytes.toString('utf8').replace(/^\uFEFF/u, '');
};
