/** Told while a blob is worked on: bytes read from disk that were there before (`kept`), and bytes that came in. */
export type BlobBytes = (bytes: {readonly kept: number; readonly fetched: number}) => void;

/** Bytes that are told of, and can be taken back: they turned out to be worth nothing. */
export const revocable = (onBytes: BlobBytes) => {
	let told = {kept: 0, fetched: 0};
	return {
		onKept: (kept: number): void => {
			told = {...told, kept: told.kept + kept};
			onBytes({kept, fetched: 0});
		},
		onFetched: (fetched: number): void => {
			told = {...told, fetched: told.fetched + fetched};
			onBytes({kept: 0, fetched});
		},
		revoke: (): void => onBytes({kept: -told.kept, fetched: -told.fetched}),
	};
};
export type Told = ReturnType<typeof revocable>;
