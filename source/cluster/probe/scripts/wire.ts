/** What both database protocols need: a bounded line to the server, TLS on it, and how it failed. */
export const wire = `
import base64, hashlib, hmac, signal, stringprep, struct, unicodedata
class Refused(Exception):
    def __init__(self, kind, words, code=None):
        super().__init__(words)
        self.kind, self.code = kind, code
class Unspoken(Exception):
    pass
def broken(words):
    return Refused("other", words)
def content(name):
    with open(args["files"][name], "rb") as file:
        return file.read()
def trust():
    if args["tls"] == "require":
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context = ssl.create_default_context(cadata=content("ca").decode("ascii", "ignore"))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if "certificate" in args["files"]:
        context.load_cert_chain(args["files"]["certificate"], args["files"]["key"])
    return context
class Line:
    def __init__(self, plain):
        self.socket, self.left, self.sequence = plain, 65536, 0
    def read(self, count):
        self.left -= count
        if count < 0 or self.left < 0:
            raise broken("it sent more than a login takes")
        got = b""
        while len(got) < count:
            piece = self.socket.recv(count - len(got))
            if not piece:
                raise broken("it closed the connection during the login")
            got += piece
        return got
    def write(self, data):
        self.socket.sendall(data)
    def secure(self):
        self.socket = trust().wrap_socket(self.socket, server_hostname=args["host"])
    def tls(self):
        return self.socket.version() if isinstance(self.socket, ssl.SSLSocket) else None
def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))
def sha1(data):
    return hashlib.sha1(data).digest()
def sha256(data):
    return hashlib.sha256(data).digest()
`;
