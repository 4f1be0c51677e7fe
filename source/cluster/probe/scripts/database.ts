import {mysql} from './mysql.ts';
import {postgres} from './postgres.ts';
import {wire} from './wire.ts';

/**
 * Logs in as a server of the product will. Without the file of the password it only connects. A way to log in that it does not speak
 * is told as `method`, and no failure: this host has logged in, and pods of the product may be able to.
 */
export const database = `${wire}${mysql}${postgres}
secret = b""
def told(words):
    hidden = secret.decode("utf-8", "replace")
    return (words.replace(hidden, "***") if hidden else words)[:500]
def late(*_):
    raise TimeoutError("no login within 15 s")
signal.signal(signal.SIGALRM, late)
line = None
try:
    if os.path.exists(args["files"]["password"]):
        secret = content("password")
    socket.getaddrinfo(args["host"], args["port"])
    signal.alarm(15)
    line = Line(socket.create_connection((args["host"], args["port"]), 5))
    line.socket.settimeout(15)
    found = {"ok": True}
    if secret:
        speak = mysql if args["engine"] == "mysql" else postgresql
        try:
            found["version"] = speak(line, args["username"].encode(), secret, args["database"].encode())[:100]
        except Unspoken as method:
            found["method"] = told(str(method))
        found["tls"] = line.tls() or "none"
    print(json.dumps(found))
except Refused as refused:
    print(json.dumps({"error": told(str(refused)), "kind": refused.kind, "code": refused.code}))
except Exception as error:
    code = getattr(error, "verify_code", None)
    print(json.dumps({"error": told(str(error) or type(error).__name__), "kind": kind(error), "code": code}))
`;
