/** Writes, reads back and removes a file in a mounted folder; tells who the pod is and whose the folder is where that fails. */
export const folder = `
import secrets
found = {"deed": "look"}
path = os.path.join(args["path"], ".zenml-airgap-" + secrets.token_hex(8))
def as_seen(error):
    found.update(uid=os.getuid(), gid=os.getgid())
    try:
        seen = os.stat(args["path"])
        found.update(owner=seen.st_uid, group=seen.st_gid, mode=oct(seen.st_mode & 0o7777)[2:])
    except OSError:
        pass
    found["code"] = errno.errorcode.get(error.errno or 0, "")
try:
    os.listdir(args["path"])
    found["deed"], body = "write", secrets.token_bytes(1024)
    with open(path, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    found["deed"] = "read"
    with open(path, "rb") as file:
        if file.read() != body: raise OSError(errno.EIO, "it gives back other bytes than were written")
    found["deed"] = "remove"
    os.remove(path)
    room = os.statvfs(args["path"])
    print(json.dumps({"ok": True, "free": room.f_bavail * room.f_frsize}))
except OSError as error:
    as_seen(error)
    print(json.dumps({**found, "error": str(error.strerror or error)[:300], "kind": "folder"}))
`;
