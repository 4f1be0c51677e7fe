/**
 * Logs in to MySQL or MariaDB and answers the server's version. Facts of the protocol: MySQL's developer documentation,
 * "Connection Phase", "caching_sha2_password"; RSAES-OAEP: RFC 8017, 7.1.1.
 */
export const mysql = String.raw`
def read_packet(line):
    start = line.read(4)
    line.sequence = (start[3] + 1) % 256
    body = line.read(int.from_bytes(start[:3], "little"))
    if body[:1] != b"\xff":
        return body
    words = body[9:] if body[3:4] == b"#" else body[3:]
    raise Refused("login", words.decode("utf-8", "replace"), int.from_bytes(body[1:3], "little"))
def write_packet(line, body):
    line.write(struct.pack("<I", len(body))[:3] + bytes([line.sequence]) + body)
    line.sequence = (line.sequence + 1) % 256
def greeting(body):
    if body[:1] != b"\x0a":
        raise broken("it does not greet as MySQL does")
    version, _, rest = body[1:].partition(b"\0")
    if len(rest) < 44:
        raise broken("its greeting is cut short")
    can = int.from_bytes(rest[13:15] + rest[18:20], "little")
    nonce, plugin = (rest[4:12] + rest[31:43]), rest[44:].split(b"\0")[0]
    return version.decode("ascii", "replace"), can, nonce, plugin.decode("ascii", "replace")
def der_content(der, at):
    size, at = der[at + 1], at + 2
    if size & 128:
        size, at = int.from_bytes(der[at:at + (size & 127)], "big"), at + (size & 127)
    return at, at + size
def der_numbers(der):
    _, after = der_content(der, der_content(der, 0)[0])
    at = der_content(der, der_content(der, after)[0] + 1)[0]
    numbers = []
    for _ in range(2):
        start, at = der_content(der, at)
        numbers.append(int.from_bytes(der[start:at], "big"))
    return numbers
def mask(seed, length):
    return b"".join(sha1(seed + struct.pack(">I", count)) for count in range(length // 20 + 1))[:length]
def sealed(pem, data):
    lines = [text for text in pem.splitlines() if not text.startswith(b"-")]
    modulus, exponent = der_numbers(base64.b64decode(b"".join(lines)))
    size, seed = (modulus.bit_length() + 7) // 8, os.urandom(20)
    block = sha1(b"") + bytes(size - len(data) - 42) + b"\1" + data
    hidden = xor(block, mask(seed, len(block)))
    whole = b"\0" + xor(seed, mask(hidden, 20)) + hidden
    return pow(int.from_bytes(whole, "big"), exponent, modulus).to_bytes(size, "big")
def proof(line, plugin, password, nonce):
    if not password:
        return b""
    if plugin == "caching_sha2_password":
        return xor(sha256(password), sha256(sha256(sha256(password)) + nonce))
    if plugin == "mysql_native_password":
        return xor(sha1(password), sha1(nonce + sha1(sha1(password))))
    if plugin == "sha256_password" and line.tls():
        return password + b"\0"
    raise Unspoken(plugin)
def show_password(line, password, nonce):
    if line.tls():
        return write_packet(line, password + b"\0")
    write_packet(line, b"\2")
    key = read_packet(line)[1:]
    shown = password + b"\0"
    write_packet(line, sealed(key, xor(shown, nonce * (len(shown) // 20 + 1))))
def mysql(line, user, password, database):
    version, can, nonce, plugin = greeting(read_packet(line))
    wants = 0x1 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x80000
    if args["tls"] != "disable":
        if not can & 0x800:
            raise Refused("tls-not-offered", "it offers no TLS")
        wants |= 0x800
    start = struct.pack("<IIB23x", wants, 1 << 24, 45)
    if wants & 0x800:
        write_packet(line, start)
        line.secure()
    if plugin not in ("caching_sha2_password", "mysql_native_password"):
        plugin = "mysql_native_password"
    shown = proof(line, plugin, password, nonce)
    write_packet(line, start + user + b"\0" + bytes([len(shown)]) + shown + database + b"\0" + plugin.encode() + b"\0")
    while True:
        body = read_packet(line)
        if body[:1] == b"\0":
            line.sequence = 0
            write_packet(line, b"\1")
            return version[6:] if version.startswith("5.5.5-") else version
        if body[:1] == b"\xfe":
            name, _, rest = body[1:].partition(b"\0")
            plugin, nonce = name.decode("ascii", "replace"), rest[:20]
            write_packet(line, proof(line, plugin, password, nonce))
        elif body == b"\1\4":
            show_password(line, password, nonce)
        elif body[:1] == b"\2":
            raise Unspoken("a second factor")
        elif body != b"\1\3":
            raise broken("it sent a packet of an unknown kind during the login")
`;
