import {database} from './scripts/database.ts';
import {folder} from './scripts/folder.ts';
import {s3} from './scripts/s3.ts';

/**
 * Python 3.10 programs (standard library only) that look at the world from inside a pod. Each reads the JSON object
 * `PROBE_ARGS` from its environment and prints one line of JSON.
 */

/** The kinds of probes. */
export type ProbeKind = keyof ProbeKinds;

/** What each kind takes and prints. */
export type ProbeKinds = {
	/** Prints `{NAME: ["10.0.0.7"]}`; an unknown name has an empty list. */
	readonly dns: {readonly names: readonly string[]};
	/**
	 * Prints `{"status": 200}` or `{"error", "kind"}`. `address` is connected to instead of asking DNS; `ca` is PEM text.
	 */
	readonly https: {readonly url: string; readonly address?: string; readonly ca: string};
	/**
	 * Prints `{"ok": true, "tls": "TLSv1.3", "version": "8.4.3"}` or `{"error", "kind", "code"}`: the number or SQLSTATE of the server, or
	 * OpenSSL's for a certificate. `files` are paths in the pod; without the one of the password it only connects.
	 */
	readonly database: {
		readonly engine: 'mysql' | 'postgresql';
		readonly host: string;
		readonly port: number;
		readonly tls: 'verify-full' | 'require' | 'disable';
		readonly username: string;
		readonly database: string;
		readonly files: {
			readonly password: string;
			readonly ca: string;
			readonly certificate?: string;
			readonly key?: string;
		};
	};
	/**
	 * Lists a bucket, writes an object, reads it back and removes it. Prints `{"ok": true}` or `{"error", "kind", "deed", "code"}`; `code`
	 * is the server's, or OpenSSL's for a certificate; `skew` says by how many seconds the server's clock is ahead. `files` are paths in
	 * the pod.
	 */
	readonly s3: {
		readonly endpoint: string;
		readonly bucket: string;
		readonly prefix: string;
		readonly region: string;
		readonly pathStyle: boolean;
		readonly files: {readonly accessKey: string; readonly secretKey: string; readonly ca: string};
	};
	/**
	 * Writes a file in a mounted folder, reads it back and removes it. Prints `{"ok": true, "free": bytes}` or `{"error", "kind", "deed",
	 * "code"}`; `code` is the name of the errno.
	 */
	readonly folder: {readonly path: string};
	/** Reads the CA in the variable `RUNNER_CA`, which comes from a Secret. Prints `{"ok": true}` or `{"error", "kind"}`. */
	readonly runner: Readonly<Record<string, never>>;
};

const head = `import errno, json, os, socket, ssl, sys
args = json.loads(os.environ["PROBE_ARGS"])
def kind(error):
    if isinstance(error, socket.gaierror): return "dns"
    if isinstance(error, ConnectionRefusedError): return "refused"
    if isinstance(error, (socket.timeout, TimeoutError)): return "timeout"
    if isinstance(error, ssl.SSLCertVerificationError): return "certificate"
    # OpenSSL has numbers of its own.
    if isinstance(error, ssl.SSLError): return "other"
    if getattr(error, "errno", None) in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPERM): return "refused"
    return "other"
def failed(error):
    print(json.dumps({"error": str(error), "kind": kind(error)}))
`;

const scripts: Readonly<Record<ProbeKind, string>> = {
	dns: `${head}
found = {}
for name in args["names"]:
    try:
        found[name] = sorted({entry[4][0] for entry in socket.getaddrinfo(name, None)})
    except socket.gaierror:
        found[name] = []
print(json.dumps(found))
`,
	https: `${head}
import http.client
from urllib.parse import urlsplit
url = urlsplit(args["url"])
host, port = url.hostname, url.port or 443
trust = ssl.create_default_context(cadata=args["ca"].encode("ascii", "ignore").decode())
trust.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
class Connection(http.client.HTTPSConnection):
    def connect(self):
        plain = socket.create_connection((args.get("address") or host, port), 15)
        self.sock = trust.wrap_socket(plain, server_hostname=host)
try:
    connection = Connection(host, port, timeout=15)
    connection.request("GET", (url.path or "/") + ("?" + url.query if url.query else ""))
    print(json.dumps({"status": connection.getresponse().status}))
except Exception as error:
    failed(error)
`,
	database: `${head}${database}`,
	s3: `${head}${s3}`,
	folder: `${head}${folder}`,
	runner: `${head}
try:
    ssl.create_default_context(cadata=os.environ["RUNNER_CA"])
    print(json.dumps({"ok": True}))
except Exception as error:
    failed(error)
`,
};

/** Script and environment of a probe, as `PodProbe` takes them; `args` are those of `ProbeKinds`. */
export const probeSpec = (
	kind: ProbeKind,
	args: ProbeKinds[ProbeKind] | Readonly<Record<string, unknown>>,
): {readonly script: string; readonly env: {readonly PROBE_KIND: ProbeKind; readonly PROBE_ARGS: string}} => ({
	script: scripts[kind],
	env: {PROBE_KIND: kind, PROBE_ARGS: JSON.stringify(args)},
});
