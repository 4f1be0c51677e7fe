/** What the work gives, or undefined where it fails as was to be expected. @throws every other failure of the work */
export const unless = async <T>(expected: (error: unknown) => boolean, work: Promise<T>): Promise<T | undefined> => {
	try {
		return await work;
	} catch (error) {
		if (expected(error)) return undefined;
		throw error;
	}
};
