/**
 * Logs in to PostgreSQL and answers the server's version. Facts of the protocol: PostgreSQL's documentation, "Frontend/Backend
 * Protocol"; SCRAM: RFC 5802, 7677; passwords: RFC 4013, as PostgreSQL takes it (what it does not allow stays as it is).
 */
export const postgres = String.raw`
def read_message(line):
    start = line.read(5)
    if start[:1] not in b"RSKEZNv":
        raise broken("it does not answer as PostgreSQL does")
    body = line.read(int.from_bytes(start[1:], "big") - 4)
    if start[:1] != b"E":
        return start[:1], body
    fields = {part[:1]: part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
    raise Refused("login", fields.get(b"M", "no words"), fields.get(b"C"))
def write_message(line, kind, body):
    line.write(kind + struct.pack(">I", len(body) + 4) + body)
def prepared(password):
    text = password.decode()
    spaced = "".join(" " if stringprep.in_table_c12(sign) else sign for sign in text)
    kept = "".join(sign for sign in spaced if not stringprep.in_table_b1(sign))
    normal = unicodedata.normalize("NFKC", kept)
    tables = (stringprep.in_table_a1, stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3,
        stringprep.in_table_c4, stringprep.in_table_c5, stringprep.in_table_c6, stringprep.in_table_c7,
        stringprep.in_table_c8, stringprep.in_table_c9)
    return password if not normal or any(table(sign) for sign in normal for table in tables) else normal.encode()
def keyed(key, text):
    return hmac.new(key, text, "sha256").digest()
def scram(line, password):
    nonce = base64.b64encode(os.urandom(18))
    own = b"n=,r=" + nonce
    write_message(line, b"p", b"SCRAM-SHA-256\0" + struct.pack(">I", len(own) + 3) + b"n,," + own)
    theirs = sasl(line, 11)
    parts = dict(part.split(b"=", 1) for part in theirs.split(b",") if b"=" in part)
    rounds = int(parts[b"i"])
    if not parts[b"r"].startswith(nonce) or not 0 < rounds <= 1000000:
        raise broken("its SCRAM does not answer ours")
    salted = hashlib.pbkdf2_hmac("sha256", prepared(password), base64.b64decode(parts[b"s"]), rounds)
    last = b"c=biws,r=" + parts[b"r"]
    whole = own + b"," + theirs + b"," + last
    key = keyed(salted, b"Client Key")
    write_message(line, b"p", last + b",p=" + base64.b64encode(xor(key, keyed(sha256(key), whole))))
    signed = base64.b64encode(keyed(keyed(salted, b"Server Key"), whole))
    if not hmac.compare_digest(sasl(line, 12), b"v=" + signed):
        raise broken("it does not prove that it knows the password")
def sasl(line, wanted):
    while True:
        kind, body = read_message(line)
        if kind == b"N":
            continue
        if kind != b"R" or int.from_bytes(body[:4], "big") != wanted:
            raise broken("it sent a step of SCRAM out of turn")
        return body[4:]
def authenticate(line, user, password, body):
    way = int.from_bytes(body[:4], "big")
    if way == 0:
        return
    if way == 3 and line.tls():
        return write_message(line, b"p", password + b"\0")
    if way == 5:
        inner = hashlib.md5(password + user).hexdigest().encode()
        return write_message(line, b"p", b"md5" + hashlib.md5(inner + body[4:8]).hexdigest().encode() + b"\0")
    if way == 10 and b"SCRAM-SHA-256" in body[4:].split(b"\0"):
        return scram(line, password)
    raise Unspoken("number %d" % way)
def postgresql(line, user, password, database):
    if args["tls"] != "disable":
        line.write(struct.pack(">II", 8, 80877103))
        answer = line.read(1)
        if answer not in (b"S", b"N", b"E"):
            raise broken("it does not answer as PostgreSQL does")
        if answer != b"S":
            raise Refused("tls-not-offered", "it offers no TLS")
        line.secure()
    told = b"user\0" + user + b"\0database\0" + database + b"\0application_name\0zenml-airgap\0\0"
    line.write(struct.pack(">II", len(told) + 8, 196608) + told)
    version = ""
    while True:
        kind, body = read_message(line)
        if kind == b"R":
            authenticate(line, user, password, body)
        elif kind == b"S" and body.startswith(b"server_version\0"):
            version = body.split(b"\0")[1].decode("utf-8", "replace")
        elif kind == b"Z":
            write_message(line, b"X", b"")
            return version
`;
