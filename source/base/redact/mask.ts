/** Stands in every output where a secret stood. */
export const mask = '[secret]';
