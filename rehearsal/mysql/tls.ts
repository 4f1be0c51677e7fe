/** PEM of a server's certificate with its chain, its key, and the authority that clients are to trust. */
export type ServerTls = {readonly cert: string; readonly key: string; readonly ca: string};
