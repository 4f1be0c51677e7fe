/** Asks servers over plain HTTP; an answer of a login is not printed, as it holds a token. */
export const http = `
import urllib.error, urllib.parse, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
def read(answer, login):
    body = answer.read(65536).decode("utf-8", "replace")
    told = {"status": answer.status}
    if login:
        try:
            told["token"] = bool(json.loads(body).get("access_token"))
        except (ValueError, AttributeError):
            told["token"] = False
    else:
        told["type"], told["body"] = answer.headers.get("content-type", ""), body[:4096]
    return told
def ask(request):
    url = urllib.parse.urlsplit(request["url"])
    login = "username" in request
    try:
        if request.get("connect"):
            socket.create_connection((url.hostname, url.port or 443), 10).close()
            return {"connected": True}
        form = {"username": request.get("username"), "password": os.environ.get("PROBE_PASSWORD", "")}
        data = urllib.parse.urlencode(form).encode() if login else None
        with opener.open(urllib.request.Request(request["url"], data), timeout=15) as answer:
            return read(answer, login)
    except urllib.error.HTTPError as error:
        return {"status": error.code}
    except urllib.error.URLError as error:
        reason = error.reason if isinstance(error.reason, Exception) else error
        return {"error": str(reason), "kind": kind(reason)}
    except Exception as error:
        return {"error": str(error), "kind": kind(error)}
print(json.dumps({"answers": [ask(request) for request in args["requests"]]}))
`;
