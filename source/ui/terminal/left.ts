/**
 * What is written once the alternate screen was left. A terminal without one (GNU screen with `altscreen off`) still shows the last page,
 * with the cursor behind its row of keys: that row is cleared, so that what is printed next begins a row. Elsewhere the row is empty.
 */
export const clearedRow = '\r\u001B[K';
