"""The control plane's API as far as an installation uses it (the vendor's pages on user accounts and enrolment)."""
import json
import os
import re
import secrets
from urllib.parse import parse_qs

import store

UUID = r"([0-9a-f]{8}-[0-9a-f-]{27})"
ROLES = [("Organization Admin", "organization"), ("Organization Manager", "organization"), ("Organization Member", "organization"),
         ("Organization Viewer", "organization"), ("Billing Admin", "organization"), ("Workspace Admin", "workspace"),
         ("Workspace Developer", "workspace"), ("Workspace Contributor", "workspace"), ("Workspace Viewer", "workspace"),
         ("Stack Admin", "workspace")]


class Refusal(Exception):
    """An answer in the form of FastAPI: {"detail": ...}."""

    def __init__(self, status, detail):
        super().__init__(str(detail))
        self.status = status
        self.detail = detail


def admin_name():
    return os.environ.get("ZENML_CLOUD_ADMIN_USERNAME", "admin")


def ensure_admin():
    """Makes the reserved administrator once, as the server does at its start."""
    connection = store.connect()
    store.rows(connection, "insert into account (username, is_superuser, password_expired, reserved) values (%s, true, false, true)"
                           " on conflict do nothing", (admin_name(),))
    connection.close()


def account_json(row):
    return {"id": row["id"], "username": row["username"], "name": row["username"], "is_superuser": row["is_superuser"],
            "is_active": row["is_active"], "password_expired": row["password_expired"], "created": row["created"]}


class Session:
    """One request: its parts, its connection, and who asks."""

    def __init__(self, connection, query, headers, body):
        self.connection, self.query, self.headers, self.body = connection, query, headers, body

    def rows(self, statement, *arguments):
        return store.rows(self.connection, statement, arguments)

    def claims(self):
        match = re.fullmatch(r"Bearer (.+)", self.headers.get("authorization", ""))
        found = match and self.rows("select kind, sub from token where hash = %s and created > now() - interval '1 hour'",
                                    store.digest(match[1]))
        if not found:
            raise Refusal(401, ["AuthorizationException", "Not authenticated"])
        return found[0]

    def account(self):
        claims = self.claims()
        found = self.rows("select * from account where id = %s and is_active", claims["sub"])
        if claims["kind"] != "account" or not found:
            raise Refusal(401, ["AuthorizationException", "Not authenticated"])
        return found[0]

    def superuser(self):
        account = self.account()
        if not account["is_superuser"]:
            raise Refusal(403, ["IllegalOperationError", "Insufficient permissions"])
        return account

    def one(self, name):
        return self.query.get(name, [None])[0]

    def workspace(self):
        claims = self.claims()
        if claims["kind"] != "workspace":
            raise Refusal(403, ["IllegalOperationError", "Only for workspaces"])
        return claims["sub"]

    def json(self, kind=dict):
        try:
            value = json.loads(self.body)
        except ValueError:
            value = None
        if not isinstance(value, kind):
            raise Refusal(422, [{"type": "json_invalid", "loc": ["body"], "msg": "JSON decode error"}])
        return value

    def page(self, rows):
        offset = int(self.one("offset") or 0)
        return rows[offset:offset + min(int(self.one("limit") or 20), 100)]


def login(session):
    form = {name: values[0] for name, values in parse_qs(session.body.decode()).items()}
    if form.get("grant_type") == "client_credentials":
        found = session.rows("select id from workspace where id::text = %s and enrollment_key_hash = %s",
                             form.get("client_id"), store.digest(form.get("client_secret", "")))
        kind, refusal = "workspace", "Invalid client credentials"
    else:
        kind, refusal = "account", "Invalid username or password"
        found = session.rows("select * from account where username = %s and is_active", form.get("username"))
        password = form.get("password", "")
        if found and found[0]["reserved"]:
            expected = os.environ.get("ZENML_CLOUD_ADMIN_PASSWORD", "")
            fits = expected != "" and secrets.compare_digest(password.encode(), expected.encode())
        else:
            kept = found[0]["password_hash"] if found else None
            fits = bool(kept) and secrets.compare_digest(store.password_hash(password, kept.split(":")[0]), kept)
        found = found if fits else []
    if not found:
        raise Refusal(401, ["AuthorizationException", refusal])
    token = secrets.token_urlsafe(32)
    session.rows("insert into token (hash, kind, sub) values (%s, %s, %s)", store.digest(token), kind, found[0]["id"])
    return {"access_token": token, "token_type": "bearer", "expires_in": 3600}


def create_user(session):
    session.superuser()
    username, password = session.one("username"), session.one("password")
    if not username or not password:
        raise Refusal(422, [{"type": "missing", "loc": ["query", "password" if username else "username"], "msg": "Field required"}])
    made = session.rows("insert into account (username, password_hash, is_superuser) values (%s, %s, %s or not exists"
                        " (select 1 from account where not reserved)) on conflict do nothing returning *",
                        username, store.password_hash(password), session.one("is_superuser") == "true")
    if not made:
        raise Refusal(409, ["EntityExistsError", f"A user with the name '{username}' already exists."])
    return account_json(made[0])


def create_organization(session):
    owner, name = session.account(), session.json().get("name")
    if not isinstance(name, str) or not name:
        raise Refusal(422, [{"type": "missing", "loc": ["body", "name"], "msg": "Field required"}])
    made = session.rows("insert into organization (name, owner_id) values (%s, %s) on conflict do nothing returning id, name, created",
                        name, owner["id"])
    if not made:
        raise Refusal(409, ["EntityExistsError", f"An organization with the name '{name}' already exists."])
    for role, level in ROLES:
        session.rows("insert into role (organization_id, name, level) values (%s, %s, %s)", made[0]["id"], role, level)
    session.rows("insert into role_assignment select id, %s from role where organization_id = %s and name = 'Organization Admin'",
                 owner["id"], made[0]["id"])
    return made[0]


def roles(session, organization):
    session.account()
    return session.page(session.rows("select id, name, level, organization_id, true as system_managed from role"
                                     " where organization_id = %s order by level, name", organization))


def members(session, organization):
    session.account()
    found = session.rows("select a.*, json_agg(json_build_object('id', r.id, 'name', r.name, 'level', r.level)) as roles from account a"
                         " join role_assignment x on x.account_id = a.id join role r on r.id = x.role_id"
                         " where r.organization_id = %s group by a.id order by a.created", organization)
    return session.page([{"user": account_json(row), "roles": row["roles"]} for row in found])


def assign(session, role):
    session.account()
    if not session.rows("insert into role_assignment select r.id, a.id from role r, account a where r.id = %s and a.id::text = %s"
                        " on conflict (role_id, account_id) do update set account_id = excluded.account_id returning role_id",
                        role, session.one("user_id")):
        raise Refusal(404, ["KeyError", "No such role or user."])
    return None


def workspaces(session):
    session.account()
    return session.page(session.rows(
        "select w.id, w.name, w.status, w.created, json_build_object('id', o.id, 'name', o.name) as organization from workspace w"
        " join organization o on o.id = w.organization_id where (%s::text is null or o.id::text = %s)"
        " and (%s::text is null or w.name = %s) order by w.created",
        *[session.one("organization_id")] * 2, *[session.one("workspace_name")] * 2))


def enroll(session):
    session.account()
    body = session.json()
    name = body.get("name")
    if session.one("enroll") != "true":
        raise Refusal(400, ["IllegalOperationError", "This installation can only enroll workspaces, not deploy them."])
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9-]{1,50}", name):
        raise Refusal(422, [{"type": "value_error", "loc": ["body", "name"], "msg": "Invalid workspace name"}])
    organization = session.rows("select id, name from organization where id::text = %s", body.get("organization_id"))
    if not organization:
        raise Refusal(404, ["KeyError", f"No organization with ID {body.get('organization_id')}"])
    key = secrets.token_urlsafe(32)
    made = session.rows("insert into workspace (organization_id, name, enrollment_key_hash) values (%s, %s, %s)"
                        " on conflict do nothing returning id, name, status, created", organization[0]["id"], name, store.digest(key))
    if not made:
        raise Refusal(409, ["EntityExistsError", f"A workspace with the name '{name}' already exists in the organization."])
    return {**made[0], "organization": organization[0], "enrollment_key": key}


def remove(session, workspace):
    session.account()
    if not session.rows("delete from workspace where id = %s returning id", workspace):
        raise Refusal(404, ["KeyError", "No such workspace."])
    return None


def report_status(session):
    """A workspace server says who it is in the headers; the body is empty."""
    workspace = session.workspace()
    if not session.rows("update workspace set status = 'available', version = %s, server_url = %s where id = %s returning id",
                        session.headers.get("zenml-server-version"), session.headers.get("zenml-server-url"), workspace):
        raise Refusal(404, ["KeyError", "No such workspace."])
    return {"id": workspace, "status": "available"}


def authorize_server(session):
    """Who logs in at a workspace, asked by its server with that person's token."""
    account = session.account()
    workspace = session.rows("select organization_id from workspace where id::text = %s", session.one("server_id"))
    if not workspace:
        raise Refusal(404, ["KeyError", "No such workspace."])
    if not account["is_superuser"] and not levels(session, account["id"], workspace[0]["organization_id"]):
        raise Refusal(403, ["IllegalOperationError", "Insufficient permissions"])
    # Without an address a workspace takes the first login of a user and refuses every later one.
    return {**account_json(account), "email": f"{account['username']}@lab.internal", "avatar_url": None, "is_service_account": False}


def levels(session, account, organization):
    """Names of the roles of an account in an organization."""
    found = session.rows("select r.name from role r join role_assignment x on x.role_id = r.id where r.organization_id = %s"
                         " and x.account_id::text = %s", organization, str(account))
    return [row["name"] for row in found]


def may(session):
    """Whether the account of the query may do the action of the query in the workspace that asks: viewers only read."""
    organization = session.rows("select organization_id from workspace where id = %s", session.workspace())
    account = session.rows("select id, is_superuser from account where id::text = %s and is_active", session.one("user_id"))
    if not organization or not account:
        return False
    names = levels(session, account[0]["id"], organization[0]["organization_id"])
    return account[0]["is_superuser"] or any(session.one("action") == "read" or not name.endswith("Viewer") for name in names)


def check_permissions(session):
    allowed = may(session)
    return {resource: allowed for resource in session.json(list)}


def entitlement(session, organization, feature):
    session.workspace()
    return {"feature": feature, "has_access": True}


def noted(session):
    session.workspace()
    return None


def users(session):
    session.superuser()
    return session.page([account_json(row) for row in session.rows("select * from account order by created, username")])


def organizations(session):
    session.account()
    return session.page(session.rows("select id, name, created from organization order by created"))


ROUTES = [
    ("POST", r"/auth/login", login),
    ("GET", r"/users/me", lambda session: account_json(session.account())),
    ("GET", r"/users", users),
    ("POST", r"/users", create_user),
    ("GET", r"/organizations", organizations),
    ("POST", r"/organizations", create_organization),
    ("GET", rf"/organizations/{UUID}/roles", roles),
    ("GET", rf"/organizations/{UUID}/members", members),
    ("POST", rf"/roles/{UUID}/assignments", assign),
    ("GET", r"/workspaces", workspaces),
    ("POST", r"/workspaces", enroll),
    ("DELETE", rf"/workspaces/{UUID}", remove),
    ("PATCH", r"/workspace_status", report_status),
    # What the workspace server asks for when people work with it (zenml 0.98: auth.py, rbac/zenml_cloud_rbac.py, feature_gate/).
    ("GET", r"/users/authorize_server", authorize_server),
    ("POST", r"/rbac/check_permissions", check_permissions),
    ("GET", r"/rbac/allowed_resource_ids", lambda session: {"full_access": may(session), "ids": []}),
    ("POST", r"/rbac/resource_members", noted),
    ("DELETE", r"/rbac/resources", noted),
    ("GET", rf"/organizations/{UUID}/entitlement/([a-z_-]+)", entitlement),
    ("POST", r"/usage-event", noted),
]


def answer(method, path, query, headers, body):
    """Status and JSON for a request below /api/v1; `path` is without that prefix."""
    if path == "/health":
        return 200, "OK"
    matching = [(verb, re.fullmatch(pattern, path), work) for verb, pattern, work in ROUTES if re.fullmatch(pattern, path)]
    if not matching:
        return 404, {"detail": "Not Found"}
    chosen = next(((match, work) for verb, match, work in matching if verb == method), None)
    if chosen is None:
        return 405, {"detail": "Method Not Allowed"}
    connection = store.connect()
    try:
        return 200, chosen[1](Session(connection, query, headers, body), *chosen[0].groups())
    except Refusal as refusal:
        return refusal.status, {"detail": refusal.detail}
    finally:
        connection.close()
