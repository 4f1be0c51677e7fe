/**
 * Writes, reads back and removes an object of a bucket, and lists it first. Requests are signed by AWS Signature Version 4 ("Signature
 * Calculations for the Authorization Header", Amazon S3 API Reference). What went wrong is told with the deed that it went wrong in, the
 * server's own code, and how far the clocks are apart. Keys are read from files and never told.
 */
export const s3 = `
import datetime, hashlib, hmac, http.client, re, secrets
from urllib.parse import quote, urlsplit
def content(name):
    with open(args["files"][name], "rb") as file:
        return file.read().decode().rstrip("\\r\\n")
class Refused(Exception):
    pass
hidden = []
def told(words):
    for value in hidden:
        if value: words = words.replace(value, "***")
    return " ".join(words.split())[:300]
url = urlsplit(args["endpoint"])
host = url.hostname if args["pathStyle"] else args["bucket"] + "." + url.hostname
port = url.port or (443 if url.scheme == "https" else 80)
address = "[%s]" % host if ":" in host else host
authority = address if port == (443 if url.scheme == "https" else 80) else "%s:%d" % (address, port)
base = "/" + quote(args["bucket"], safe="") if args["pathStyle"] else ""
def connect():
    if url.scheme != "https":
        return http.client.HTTPConnection(host, port, timeout=15)
    trust = ssl.create_default_context(cadata=content("ca"))
    trust.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    trust.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return http.client.HTTPSConnection(host, port, timeout=15, context=trust)
def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
def signed(method, path, query, body):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    day, digest = now[:8], hashlib.sha256(body).hexdigest()
    headers = {"host": authority, "x-amz-content-sha256": digest, "x-amz-date": now}
    names = ";".join(sorted(headers))
    lines = "".join("%s:%s\\n" % (name, headers[name]) for name in sorted(headers))
    request = "\\n".join([method, path, query, lines, names, digest])
    scope = "/".join([day, args["region"], "s3", "aws4_request"])
    text = "\\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = mac(mac(mac(mac(("AWS4" + hidden[1]).encode(), day), args["region"]), "s3"), "aws4_request")
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (hidden[0], scope, names, signature)
    return headers
def field(name, text):
    found = re.search("<%s>([^<]{0,300})</%s>" % (name, name), text)
    return found.group(1) if found else ""
def skew(date):
    try:
        at = datetime.datetime.strptime(date or "", "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=datetime.timezone.utc)
        return round((at - datetime.datetime.now(datetime.timezone.utc)).total_seconds())
    except ValueError:
        return None
def send(deed, method, name="", query="", body=b""):
    found["deed"] = deed
    path = base + "/" + quote(name, safe="/-_.~") if name else (base or "/")
    connection = connect()
    try:
        connection.request(method, path + ("?" + query if query else ""), body=body or None, headers=signed(method, path, query, body))
        answer = connection.getresponse()
        data = answer.read(65536)
    finally:
        connection.close()
    if 200 <= answer.status < 300:
        return data
    text = data.decode("utf-8", "replace")
    found.update(kind="answer", status=answer.status, code=told(field("Code", text))[:60], skew=skew(answer.getheader("date")))
    found["region"] = told(answer.getheader("x-amz-bucket-region") or field("Region", text))[:63]
    raise Refused(field("Message", text) or "HTTP %d %s" % (answer.status, answer.reason))
found = {"deed": "connect"}
try:
    hidden += [content("accessKey"), content("secretKey")]
    socket.getaddrinfo(host, port)
    prefix = args["prefix"] + "/" if args["prefix"] else ""
    name, body = prefix + ".zenml-airgap-" + secrets.token_hex(8), secrets.token_bytes(1024)
    send("list", "GET", query="list-type=2&max-keys=1&prefix=" + quote(prefix, safe=""))
    send("write", "PUT", name, body=body)
    try:
        if send("read", "GET", name) != body:
            raise Refused("it gives back other bytes than were written")
    finally:
        failed_in = dict(found)
        try:
            send("remove", "DELETE", name)
        except Exception:
            if "kind" not in failed_in: raise
            failed_in["left"] = name
        found = failed_in
    print(json.dumps({"ok": True}))
except Refused as refused:
    print(json.dumps({"kind": "answer", **found, "error": told(str(refused))}))
except Exception as error:
    code = getattr(error, "verify_code", None)
    print(json.dumps({**found, "error": told(str(error) or type(error).__name__), "kind": kind(error), "code": code}))
`;
